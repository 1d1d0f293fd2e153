#include "peer/script_cache.h"

namespace aqua::peer {

std::shared_ptr<const vm::Script> ScriptCache::find_or_prepare(std::string_view text) {
  if (const auto found = by_text_.find(text); found != by_text_.end()) {
    scripts_.splice(scripts_.begin(), scripts_, found->second);
    return scripts_.front().script;
  }
  auto prepared = vm::Script::prepare(text);
  scripts_.push_front({std::string(text), prepared ? std::move(*prepared) : nullptr});
  by_text_.emplace(scripts_.front().text, scripts_.begin());
  if (scripts_.size() > scripts_max_ && scripts_.size() > 1) {
    by_text_.erase(scripts_.back().text);
    scripts_.pop_back();
  }
  return scripts_.front().script;
}

}  // namespace aqua::peer
