#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "vm/data.h"
#include "vm/error_codes.h"
#include "vm/stores.h"

// The inner data of a particle as bytes. All integers are big-endian; pointers are 32-bit offsets from
// the pointer's own place. The root is the last 60 bytes; what something points to stands before it,
// and the parts of a thing stand in the order of its fields without overlap. docs/formats/data.md has
// the layouts.

namespace aqua::vm {

template <class Content>
struct ReceivedEntry {
  CidId cid;
  Content content;
};

// An archive as read: nothing is checked but the form.
struct Archive {
  Data data;
  std::vector<ReceivedEntry<std::string_view>> values;  // raw texts: views into the bytes
  std::vector<ReceivedEntry<TetrapletId>> tetraplets;
  std::vector<ReceivedEntry<CanonElement>> canon_elements;
  std::vector<ReceivedEntry<CanonResult>> canon_results;
  std::vector<ReceivedEntry<ServiceResult>> service_results;
};

// Reads hostile bytes in time and memory proportional to their number. Texts and CIDs are interned in
// `stores`, nothing else there changes.
base::Result<Archive, Failure> read_archive(base::ByteView bytes, ParticleStores& stores);

// Appends the envelope with the archive of `data` and the admitted entries of `stores`.
void write_data(base::Bytes& out, const Data& data, const ParticleStores& stores);

}  // namespace aqua::vm
