#include "peer/event.h"

#include "base/check.h"

namespace aqua::peer {

std::string_view word_of(Refusal refusal) {
  switch (refusal) {
#define AQUA_PEER_REFUSAL(name, word) \
  case Refusal::name: return word;
    AQUA_PEER_REFUSALS(AQUA_PEER_REFUSAL)
#undef AQUA_PEER_REFUSAL
  }
  AQUA_CHECK(false, "no refusal {}", static_cast<int>(refusal));
}

}  // namespace aqua::peer
