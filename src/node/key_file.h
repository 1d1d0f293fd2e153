#pragma once

#include <string>

#include "base/result.h"
#include "crypto/keys.h"

// The key of a peer on the disk: the 32 bytes of its seed in base64, and a newline. Errors are sentences.

namespace aqua::node {

// Where a peer keeps what it has to remember: $XDG_STATE_HOME/aqua, or ~/.local/state/aqua.
std::string default_state_folder();
std::string key_path_in(const std::string& state_folder);

// From the random source of the system.
crypto::Seed random_seed();
crypto::KeyPair random_key();

// Refuses a file that others than its owner can read.
base::Result<crypto::KeyPair, std::string> load_key(const std::string& path);
// Refuses where there is a file already. Makes the folders above it, with mode 0700; the file gets mode 0600.
base::Result<crypto::KeyPair, std::string> create_key(const std::string& path);
base::Result<crypto::KeyPair, std::string> load_or_create_key(const std::string& path);

}  // namespace aqua::node
