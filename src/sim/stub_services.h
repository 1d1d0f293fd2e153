#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "report/journey.h"
#include "sim/identities.h"
#include "sim/scenario.h"

namespace aqua::sim {

struct ServiceCall {
  report::PeerIndex peer;
  std::string_view service;
  std::string_view function;
  std::span<const std::string> arguments;  // canonical JSON
  std::string tetraplets;                  // JSON
};

// Answers calls as the stubs of a scenario say. Counts them, for stubs that tell calls apart by number.
class StubServices {
 public:
  StubServices(const Scenario& scenario, const Identities& identities);

  // The first stub that fits answers; a call that none fits fails. None: the answer never comes.
  std::optional<report::Answer> answer(const ServiceCall& call);

  // What a user should know, a sentence each.
  std::vector<std::string> calls_without_stub() const;
  std::vector<std::string> stubs_without_call() const;

 private:
  bool fits(const Stub& stub, const ServiceCall& call, std::size_t index) const;
  const Answer* chosen(std::size_t index, const ServiceCall& call);
  report::Answer missing(const ServiceCall& call);
  std::string json(const std::string& with_names) const {
    return identities_.resolved_json(with_names);
  }

  const Scenario& scenario_;
  const Identities& identities_;
  std::vector<std::string> first_arguments_;  // by stub, names resolved
  std::map<std::pair<std::size_t, report::PeerIndex>, std::uint32_t> counts_;  // by stub and peer
  std::set<std::string> missing_;
};

}  // namespace aqua::sim
