#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/overloaded.h"
#include "cli/command.h"
#include "cli/data_file.h"
#include "cli/terminal.h"
#include "vm/envelope.h"
#include "vm/run.h"
#include "vm/verify.h"

namespace aqua::cli {

namespace {

std::size_t count_references(const vm::ParticleStores& stores, const vm::Trace& trace) {
  std::size_t count = 2 * stores.admitted(vm::Store::kServiceResults).size();
  for (const vm::CidId cid : stores.admitted(vm::Store::kCanonElements)) {
    const vm::Provenance& provenance = stores.canon_element(cid)->provenance;
    count += provenance.kind == vm::ProvenanceKind::kLiteral ? 2 : 3;
  }
  for (const vm::CidId cid : stores.admitted(vm::Store::kCanonResults))
    count += 1 + stores.canon_result(cid)->elements.size();
  for (const vm::State& state : trace.states) {
    count += std::visit(base::Overloaded{
                            [](const vm::CallScalar&) { return 1u; },
                            [](const vm::CallStream&) { return 1u; },
                            [](const vm::CallFailed&) { return 1u; },
                            [](const vm::CanonExecuted&) { return 1u; },
                            [](const vm::CallUnused&) { return 0u; },
                            [](const vm::CallSentBy&) { return 0u; },
                            [](const vm::ParState&) { return 0u; },
                            [](const vm::FoldState&) { return 0u; },
                            [](const vm::ApState&) { return 0u; },
                            [](const vm::ApMalformed&) { return 0u; },
                            [](const vm::CanonSentBy&) { return 0u; },
                        },
                        state);
  }
  return count;
}

std::string_view plural(std::size_t count) { return count == 1 ? "" : "s"; }

void print_contents(const vm::Envelope& envelope, const vm::ParticleStores& stores,
                    const vm::Data& data) {
  print_out(fmt::format("data {} of interpreter {}\n", envelope.data_version,
                        envelope.interpreter_version));
  const std::size_t states = data.trace.states.size();
  print_out(fmt::format("trace: {} state{}\n", states, plural(states)));
  const auto contents = [&](std::string_view name, vm::Store store) {
    print_out(fmt::format("{}: {}, content ids are right\n", name, stores.admitted(store).size()));
  };
  contents("values", vm::Store::kValues);
  contents("tetraplets", vm::Store::kTetraplets);
  contents("canon elements", vm::Store::kCanonElements);
  contents("canon results", vm::Store::kCanonResults);
  contents("service results", vm::Store::kServiceResults);
  print_out(fmt::format("references: {}, none is missing\n", count_references(stores, data.trace)));
}

void print_signatures(const vm::ParticleState& state, const vm::Incoming& incoming) {
  print_out(fmt::format("signatures: {}, all are right\n", incoming.merged_signatures.size()));
  for (const vm::SignatureEntry& entry : incoming.merged_signatures) {
    const std::size_t cids = state.verified.at(entry.public_key).cids.size();
    print_out(fmt::format("  {} over {} content id{}\n",
                          state.stores.texts[state.peers_of_keys.at(entry.public_key)], cids,
                          plural(cids)));
  }
}

// Everything that can be checked without the salt of the signatures.
int verify_contents(const std::string& path, const vm::Envelope& envelope) {
  vm::ParticleState state(process_hash_seed());
  if (const auto supported = vm::check_version(envelope.interpreter_version); !supported) {
    complain_about_data(path, supported.error());
    return kExitFailed;
  }
  const auto archive = vm::read_archive(envelope.inner_data, state.stores);
  if (!archive) {
    complain_about_data(path, archive.error());
    return kExitFailed;
  }
  if (const auto admitted = vm::admit_checked(state.stores, *archive); !admitted) {
    complain_about_data(path, admitted.error());
    return kExitFailed;
  }
  print_contents(envelope, state.stores, archive->data);
  print_out(
      fmt::format("signatures: {}, not checked: they hold for one particle, "
                  "name it with --particle-id\n",
                  archive->data.signatures.size()));
  return kExitUsage;
}

int data_verify(const std::string& path, const std::optional<std::string>& particle_id) {
  const auto file = read_data_file(path);
  if (!file) {
    complain(file.error().sentence);
    return file.error().exit_code;
  }
  const base::ByteView bytes = base::as_bytes(*file);
  const auto envelope = vm::read_envelope(bytes);
  if (!envelope) {
    complain_about_data(path, envelope.error());
    return kExitFailed;
  }
  if (!particle_id) return verify_contents(path, *envelope);
  vm::ParticleState state(process_hash_seed());
  const auto incoming = vm::receive(state, bytes, *particle_id);
  if (!incoming) {
    complain_about_data(path, incoming.error());
    return kExitFailed;
  }
  print_contents(*envelope, state.stores, incoming->data);
  print_signatures(state, *incoming);
  return kExitOk;
}

}  // namespace

void add_data_verify(CommandLine parent) {
  struct Options {
    std::string path;
    std::optional<std::string> particle_id;
  };
  auto options = std::make_shared<Options>();
  CommandLine command = parent.subcommand(
      "verify", "check the content ids, references and signatures of particle data");
  command.option("FILE", options->path, "the data; - is standard input").required();
  command.option("--particle-id", options->particle_id,
                 "of the particle that the data belongs to; without it signatures can not be "
                 "checked, and the exit code is 2");
  command.runs([options] { return data_verify(options->path, options->particle_id); });
}

}  // namespace aqua::cli
