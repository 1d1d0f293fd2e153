#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "vm/error_codes.h"
#include "vm/stores.h"

namespace aqua::vm {

// Every way in which an instruction fails: name, code. One code has several texts.
#define AQUA_VM_FAULTS(X)                      \
  X(kServiceError, kLocalService)              \
  X(kMatchUnequal, kMatch)                     \
  X(kMismatchEqual, kMismatch)                 \
  X(kUndefined, kVariableNotFound)             \
  X(kFoldOverNonArray, kFoldNotArray)          \
  X(kUserFail, kUserError)                     \
  X(kIndexOnNonArray, kLens)                   \
  X(kIndexOutOfRange, kLens)                   \
  X(kFieldOnNonObject, kLens)                  \
  X(kFieldMissing, kLens)                      \
  X(kIndexNotU32, kLens)                       \
  X(kAccessorType, kLens)                      \
  X(kStreamAccessorType, kLens)                \
  X(kStreamTooShort, kLens)                    \
  X(kStreamField, kLens)                       \
  X(kMapAccessorType, kLens)                   \
  X(kMapAccessorIterator, kLens)               \
  X(kErrorNotObject, kInvalidErrorObject)      \
  X(kErrorWithoutCode, kInvalidErrorObject)    \
  X(kErrorCodeType, kInvalidErrorObject)       \
  X(kErrorWithoutMessage, kInvalidErrorObject) \
  X(kErrorMessageType, kInvalidErrorObject)    \
  X(kErrorCodeZero, kInvalidErrorObject)       \
  X(kCleared, kClearedByNew)                   \
  X(kLengthOfOther, kLengthOfNonArray)         \
  X(kTripletType, kNonStringInTriplet)         \
  X(kMapKeyType, kStreamMapKey)                \
  X(kTraceContradiction, kTrace)               \
  X(kValueNotJson, kTrace)                     \
  X(kNameIsBoth, kTrace)                       \
  X(kResultBeforeArguments, kTrace)            \
  X(kErrorCodeTooLarge, kTrace)                \
  X(kCompaction, kGenerationCompaction)        \
  X(kGenerationTooLarge, kNoGeneration)        \
  X(kNextOutsideFold, kNoFoldState)            \
  X(kWriteToIterator, kIteratorShadowing)      \
  X(kIteratorTwice, kMultipleIterables)        \
  X(kResultKind, kCallResultKind)              \
  X(kSetTwice, kShadowing)                     \
  X(kScopesCorrupt, kScalarState)              \
  X(kValueNotFound, kCidNotFound)              \
  X(kTetrapletNotFound, kCidNotFound)          \
  X(kCanonElementNotFound, kCidNotFound)       \
  X(kCanonResultNotFound, kCidNotFound)        \
  X(kServiceResultNotFound, kCidNotFound)      \
  X(kFailureMalformed, kMalformedFailure)      \
  X(kStreamFull, kStreamSize)                  \
  X(kPairMalformed, kStreamMapPair)            \
  X(kMapScalarEmpty, kCanonMap)                \
  X(kArgumentsDiffer, kParameters)             \
  X(kTripletDiffers, kParameters)              \
  X(kCanonPeerDiffers, kParameters)

enum class FaultKind : std::uint8_t {
#define X(name, code) name,
  AQUA_VM_FAULTS(X)
#undef X
};

Code code_of(FaultKind kind);

// An error of an instruction. Cheap to make: many are caught without anybody reading their text.
struct Fault {
  FaultKind kind = FaultKind::kUndefined;
  ValueId value = {};          // the value that did not fit, or the accessor
  std::string_view name = {};  // of a variable or field; lives as long as the script
  std::int64_t number = 0;     // index, length or return code
  std::int64_t other = 0;
  std::string text = {};  // where the parts are not enough
};

std::string message_of(const Fault& fault, const ParticleStores& stores);

}  // namespace aqua::vm
