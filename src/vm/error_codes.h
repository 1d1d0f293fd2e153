#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace aqua::vm {

// Every code of the host interface: name, number, what it means.
// 1..10: the run could not start. 10000..: errors that xor can catch. 20000..: errors that end the
// run and give the previous data back. 30000: the run ended, its results stand, but something is off.
#define AQUA_VM_ERROR_CODES(X)                                                          \
  X(kSuccess, 0, "success")                                                             \
  X(kParse, 1, "the script is not valid AIR")                                           \
  X(kDataDecode, 2, "the data archive is malformed")                                    \
  X(kEnvelope, 3, "the data envelope is malformed")                                     \
  X(kEnvelopeVersioned, 4, "the data envelope is malformed, its versions are readable") \
  X(kCallResults, 5, "the call results are malformed")                                  \
  X(kVersion, 6, "the data was made by an interpreter that is too old")                 \
  X(kKeyPair, 7, "the secret key is malformed")                                         \
  X(kCidStores, 8, "content and content id differ, or a reference leads nowhere")       \
  X(kSignatures, 9, "a signature is missing or wrong")                                  \
  X(kSizeLimit, 10, "a size limit is exceeded")                                         \
  X(kLocalService, 10000, "a service answered with an error")                           \
  X(kMatch, 10001, "match compared different values")                                   \
  X(kMismatch, 10002, "mismatch compared equal values")                                 \
  X(kVariableNotFound, 10003, "a variable is not defined yet")                          \
  X(kIncompatibleType, 10004, "a value has the wrong JSON type")                        \
  X(kFoldNotArray, 10005, "fold over something that is not an array")                   \
  X(kUserError, 10006, "the script failed on purpose")                                  \
  X(kLens, 10007, "a lens does not fit the value")                                      \
  X(kInvalidErrorObject, 10008, "fail with something that is not an error object")      \
  X(kClearedByNew, 10009, "a variable was cleared by new and not set since")            \
  X(kLengthOfNonArray, 10010, "length of something that is not an array")               \
  X(kNonStringInTriplet, 10011, "peer, service or function is not a string")            \
  X(kStreamMapKey, 10012, "a stream map key is neither string nor integer")             \
  X(kTrace, 20000, "the data does not fit the script, or contradicts itself")           \
  X(kGenerationCompaction, 20001, "a stream value has no state in the trace")           \
  X(kIntConversion, 20002, "a number does not fit")                                     \
  X(kNoFoldState, 20003, "next without its fold")                                       \
  X(kIteratorShadowing, 20004, "a call writes into a fold iterator")                    \
  X(kMultipleIterables, 20005, "two running folds with one iterator name")              \
  X(kCallResultKind, 20006, "the recorded result does not fit the output of the call")  \
  X(kShadowing, 20007, "a variable is set twice outside of folds")                      \
  X(kScalarState, 20008, "the scopes of a variable are corrupt")                        \
  X(kCidCalculation, 20009, "a content id cannot be made")                              \
  X(kCidNotFound, 20010, "a content id leads nowhere")                                  \
  X(kNoGeneration, 20011, "a stream generation does not exist")                         \
  X(kMalformedFailure, 20012, "the recorded value of a failed call is malformed")       \
  X(kStreamSize, 20013, "a stream has too many values")                                 \
  X(kStreamMapPair, 20014, "a stream map holds something that is not a pair")           \
  X(kStreamMap, 20015, "a stream map is malformed")                                     \
  X(kCanonMap, 20016, "a canonicalised map is malformed")                               \
  X(kParameters, 20017, "a recorded call or canon was made with other parameters")      \
  X(kSigning, 20018, "a signature cannot be made")                                      \
  X(kTetrapletsEncode, 20019, "tetraplets cannot be written")                           \
  X(kArgumentsEncode, 20020, "arguments cannot be written")                             \
  X(kUnprocessedResults, 30000, "results for calls that nobody waits for")              \
  X(kFinalSigning, 30001, "the final data cannot be signed")

enum class Code : std::int32_t {
#define X(name, number, meaning) name = number,
  AQUA_VM_ERROR_CODES(X)
#undef X
};

std::string_view meaning_of(Code code);

inline bool is_catchable(Code code) {
  return static_cast<int>(code) >= 10000 && static_cast<int>(code) < 20000;
}

// An error that the host sees.
struct Failure {
  Code code;
  std::string message;
};

}  // namespace aqua::vm
