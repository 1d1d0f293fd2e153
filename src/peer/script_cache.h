#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "vm/script.h"

namespace aqua::peer {

// Scripts made ready to run, by their text. One cache serves any number of peers of one thread.
class ScriptCache {
 public:
  // Scripts that are in use stay with their users; so many of the last ones stay here.
  explicit ScriptCache(std::size_t scripts_max) : scripts_max_(scripts_max) {}

  // Null: it is not valid AIR.
  std::shared_ptr<const vm::Script> find_or_prepare(std::string_view text);

 private:
  struct Known {
    std::string text;
    std::shared_ptr<const vm::Script> script;  // null: not valid
  };

  std::size_t scripts_max_;
  std::list<Known> scripts_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Known>::iterator> by_text_;
};

}  // namespace aqua::peer
