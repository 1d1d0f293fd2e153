#include "cli/run_output.h"

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/overloaded.h"
#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/terminal.h"
#include "diagnostics/diagnostic.h"
#include "json/writer.h"
#include "report/explain.h"
#include "report/stall.h"
#include "report/timeline.h"

namespace aqua::cli {

namespace {

std::string joined(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, ", "));
}

}  // namespace

void print_for_people(const sim::News& news) {
  std::visit(
      base::Overloaded{
          [](const sim::CallbackCalled& n) {
            print_out(fmt::format("{}({})\n", n.name, joined(n.arguments)));
          },
          [](const sim::LinePrinted& n) { print_out(fmt::format("{}: {}\n", n.peer, n.text)); },
          [](const sim::Returned& n) { print_out(joined(n.values) + '\n'); },
          [](const sim::FailedWith&) {},  // told at the end, with its place
      },
      news.what);
}

void print_for_programs(const sim::News& news) {
  json::Writer writer;
  writer.begin_object();
  writer.key("at_ms").number(news.at_ms);
  std::visit(base::Overloaded{
                 [&](const sim::CallbackCalled& n) {
                   writer.key("callback").string(n.name);
                   writer.key("arguments").texts(n.arguments);
                 },
                 [&](const sim::LinePrinted& n) {
                   writer.key("peer").string(n.peer);
                   writer.key("prints").string(n.text);
                 },
                 [&](const sim::Returned& n) { writer.key("result").texts(n.values); },
                 [&](const sim::FailedWith& n) { writer.key("error").text(n.error); },
             },
             news.what);
  writer.end_object();
  print_out(writer.take() + '\n');
}

int conclude(const sim::FunctionRun& run, const report::AquaScript& script, bool has_result,
             const RunOptions& options, const Mistakes& mistakes) {
  if (options.timeline == kTextTimeline)
    print_out(options.json ? report::timeline_json(run.journey, script)
                           : report::timeline_text(run.journey, script));
  if (options.timeline == kSvgTimeline) {
    const auto written =
        write_output(options.timeline_file, report::timeline_svg(run.journey, script));
    if (!written) {
      mistakes.tell(written.error());
      return kExitUsage;
    }
  }
  if (options.explain)
    print_out(options.json ? report::explain_json(run.journey, script)
                           : report::explain_text(run.journey, script));
  if (run.error) {
    mistakes.tell(script.sources, report::describe_failure(run.journey, script, run.error->error));
    return kExitFailed;
  }
  const report::Explanation explanation = report::explain(run.journey, script.tree);
  const bool is_done =
      has_result ? run.result.has_value() : explanation.verdict == report::Verdict::kFinished;
  if (is_done) return kExitOk;
  mistakes.tell(script.sources,
                report::describe_stall(run.journey, script, explanation, run.is_over_time));
  return run.is_over_time ? kExitDeadline : kExitFailed;
}

}  // namespace aqua::cli
