#pragma once

#include "base/id.h"

// Indexes into the tables of one particle on one peer (ParticleStores). They never leave the process.

namespace aqua::vm {

using TextId = base::Id<struct TextTag>;            // any text: peer ids, service names, keys
using CidId = base::Id<struct CidTag>;              // the text of a content id
using ValueId = base::Id<struct ValueTag>;          // a JSON value
using TetrapletId = base::Id<struct TetrapletTag>;  // where a value came from

}  // namespace aqua::vm
