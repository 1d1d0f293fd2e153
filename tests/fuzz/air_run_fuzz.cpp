// Any bytes as a script with directives: either diagnostics inside of the text, or a simulation that
// ends, shows itself and is the same the second time. Run: air_run_fuzz tests/fuzz/corpus/air_run

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "diagnostics/diagnostic.h"
#include "json/canonical.h"
#include "report/explain.h"
#include "report/show.h"
#include "sim/scenario.h"
#include "sim/simulation.h"

namespace {

using namespace aqua;

constexpr std::size_t kPeersMax = 20;

std::string run(const sim::Scenario& scenario, const diagnostics::Source& source,
                std::uint64_t seed) {
  const report::Journey journey =
      sim::simulate(scenario, {.seed = seed, .record_trace = true, .steps_max = 60});
  const report::Explanation explanation = report::explain(journey, scenario.tree);
  const report::ScriptText script{.tree = scenario.tree, .source = source};
  to_text(journey, explanation, script, report::Detail::kSteps);
  return to_json(journey, explanation, script, report::Detail::kSteps);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::as_text({data, size});
  const diagnostics::Source source("fuzz.air", std::string(text));
  const auto scenario = sim::parse_scenario(text);
  if (!scenario) {
    AQUA_CHECK(!scenario.error().empty(), "refused without a reason");
    for (const diagnostics::Diagnostic& diagnostic : scenario.error()) {
      for (const diagnostics::Label& label : diagnostic.labels) {
        AQUA_CHECK(label.span.begin <= label.span.end && label.span.end <= size,
                   "{}: place {}-{} of {}", diagnostic.code, label.span.begin, label.span.end,
                   size);
      }
    }
    render_all(source, scenario.error(), diagnostics::Colour::kOff);
    return 0;
  }
  if (scenario->peers.size() > kPeersMax) return 0;  // keys cost time and teach nothing
  const std::uint64_t seed = size % 3;
  const std::string json = run(*scenario, source, seed);
  AQUA_CHECK(json::check(json).has_value(), "not JSON: {}", json);
  AQUA_CHECK(json == run(*scenario, source, seed), "another result for the same seed");
  return 0;
}
