#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/ops.h"
#include "compiler/topology/diagnostic_kinds.h"
#include "compiler/topology/extents.h"
#include "compiler/topology/transfers.h"
#include "compiler/topology/way.h"
#include "diagnostics/diagnostic.h"

namespace aqua::topology {

// One branch of a par that is being looked at.
struct OpenBranch {
  model::OpId par;
  model::OpId branch;
};

// Looks at the way of one script for what its source can not have meant.
class ScriptCheck {
 public:
  ScriptCheck(const model::Ops& ops, const Way& way)
      : ops_(ops),
        way_(way),
        extents_(measure(ops)),
        definers_(ops.names.size()),
        writers_(ops.names.size()),
        used_(ops.paths.size()) {}

  void run();

  std::vector<diagnostics::Diagnostic> mistakes;
  std::vector<model::Place> reached;  // "on" whose peer is reached

 private:
  // An operation that writes to a stream.
  struct Writer {
    model::OpId op;
    bool is_repeated = false;
  };

  void collect(model::OpId id, std::uint32_t folds);
  void check(model::OpId id);
  void check_reads(model::OpId id);
  void check_read(model::OpId reader, model::NameId name);
  model::OpId branch_with(model::OpId par, model::OpId op) const;
  bool is_brought(model::OpId definer, model::OpId branch, const model::Operand& peer) const;
  bool can_get_from(const OpenBranch& open, model::OpId definer, const model::Operand& peer);
  bool visits(model::OpId id, std::uint32_t from, const model::Operand& peer) const;
  void check_gate(model::OpId id, const model::Fold& fold);
  bool check_gate_size(model::OpId id, model::NameId stream, std::int64_t size);
  void check_gate_arrivals(model::OpId id, model::NameId stream);
  model::OpId find_source(const Writer& writer) const;
  void check_timeouts(const model::Par& par);
  bool is_home(model::PathId path) const;
  void check_on(model::OpId id, const model::Within& on);
  void check_reached(model::PathId path, model::Place place, model::OpId inside);
  void report_shortcut(const Shortcut& shortcut);
  void report_stranded(const Stranded& stranded);
  model::OpId find_timeout(model::OpId id) const;
  bool works_on(model::OpId id, const model::Operand& peer) const;

  std::string peer_name(const model::Operand& peer) const;
  diagnostics::Diagnostic* report(DiagnosticKind kind, model::Place place, std::string message,
                                  std::string hint);

  const model::Ops& ops_;
  const Way& way_;
  const Extents extents_;
  std::vector<model::OpId> definers_;         // by name: the last operation that defines it
  std::vector<std::vector<Writer>> writers_;  // by name, of streams
  std::vector<bool> used_;                    // by path: something happens on its peer
  std::vector<OpenBranch> open_;
  // Up to here nothing is executed before the operation that is being checked has finished, from its
  // end on.
  std::uint32_t sequence_end_ = 0;
  model::OpId transfers_par_;  // whose transfers those are
  std::optional<Transfers> transfers_;
};

}  // namespace aqua::topology
