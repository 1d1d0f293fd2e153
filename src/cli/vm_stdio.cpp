#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/base64.h"
#include "cli/command.h"
#include "cli/line_reader.h"
#include "cli/terminal.h"
#include "cli/vm_request.h"
#include "json/text.h"
#include "vm/host.h"

namespace aqua::cli {

namespace {

constexpr std::size_t kLineBytesMax = std::size_t{1} << 30;
// Of what is written at once; a multiple of 3, so that pieces of base64 join.
constexpr std::size_t kPieceBytes = 3 * (std::size_t{1} << 16);

void print_bytes(base::ByteView bytes) {
  std::string piece;
  print_out("\"");
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), kPieceBytes);
    piece.clear();
    base::append_base64(piece, bytes.first(size));
    print_out(piece);
    bytes = bytes.subspan(size);
  }
  print_out("\"");
}

void answer(const std::string& id, const vm::InvokeOutcome& outcome) {
  std::string text =
      fmt::format(R"({{"id":{},"ret_code":{},"error_message":)", id, outcome.ret_code);
  json::append_quoted_lossy(text, outcome.error_message);
  text += R"(,"data":)";
  print_out(text);
  print_bytes(outcome.data);
  text = R"(,"next_peer_pks":[)";
  for (const std::string& peer : outcome.next_peer_pks) {
    if (!text.ends_with('[')) text += ',';
    json::append_quoted_lossy(text, peer);
  }
  text += R"(],"call_requests":)";
  print_out(text);
  print_bytes(outcome.call_requests);
  print_out(fmt::format(
      R"(,"air_size_limit_exceeded":{},"particle_size_limit_exceeded":{},"call_result_size_limit_exceeded":{}}})"
      "\n",
      outcome.air_size_limit_exceeded, outcome.particle_size_limit_exceeded,
      outcome.call_result_size_limit_exceeded));
}

void refuse(const BadVmRequest& bad) {
  std::string text = fmt::format(R"({{"id":{},"error":)", bad.id);
  json::append_quoted_lossy(text, bad.error);
  text += "}\n";
  print_out(text);
}

void serve(vm::Host& host, std::string line) {
  const auto request = parse_vm_request(std::move(line));
  if (!request) return refuse(request.error());
  answer(request->id, host.invoke(request->air, request->prev_data, request->data,
                                  request->parameters, request->call_results));
}

int vm_stdio() {
  vm::Host host;
  LineReader lines(STDIN_FILENO, kLineBytesMax);
  while (true) {
    // Whoever waits for an answer before the next question gets it; a stream of questions is
    // answered in large pieces.
    if (!lines.has_line() && std::fflush(stdout) != 0) {
      complain("can not write the answer");
      return kExitFailed;
    }
    LineReader::Line line = lines.next();
    switch (line.kind) {
      case LineReader::Kind::kLine: serve(host, std::move(line.text)); break;
      case LineReader::Kind::kTooLong:
        refuse({.error = fmt::format("the line is longer than {} bytes", kLineBytesMax)});
        break;
      case LineReader::Kind::kEnd: return kExitOk;
      case LineReader::Kind::kFailed:
        complain(fmt::format("can not read standard input: {}", line.text));
        return kExitUsage;
    }
  }
}

}  // namespace

void add_vm(CommandLine parent) {
  auto is_stdio = std::make_shared<bool>(false);
  CommandLine command = parent.subcommand("vm", "the virtual machine for other programs");
  command
      .flag("--stdio", *is_stdio, "answer JSON requests, one per line (docs/formats/vm-stdio.md)")
      .required();
  command.runs([is_stdio] { return vm_stdio(); });
}

}  // namespace aqua::cli
