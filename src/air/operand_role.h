#pragma once

#include <string_view>

#include "air/token.h"

namespace aqua::air {

// The places where an instruction takes an operand, and the tokens that fit there. An opening
// square bracket stands for the empty array.
struct OperandRole {
  std::string_view name;  // "the peer of a call"
  TokenSet allowed;
  bool is_bracketed = false;  // brackets follow or surround it: a wrong one is no reason to give up
};

namespace roles {

using enum TokenKind;

inline constexpr TokenSet kAnyStream{kStream, kStreamWithLens};
inline constexpr TokenSet kAnyStreamMap{kStreamMap, kStreamMapWithLens};
inline constexpr TokenSet kAnyCanon{kCanon, kCanonWithLens};
inline constexpr TokenSet kAnyCanonMap{kCanonMap, kCanonMapWithLens};

inline constexpr TokenSet kResolvable{kLiteral, kScalar, kScalarWithLens, kCanonWithLens,
                                      kCanonMapWithLens};
inline constexpr TokenSet kPeer = kResolvable | TokenSet{kInitPeerId};
inline constexpr TokenSet kApValue{kInitPeerId,
                                   kLastError,
                                   kLastErrorWithLens,
                                   kErrorSlot,
                                   kErrorSlotWithLens,
                                   kLiteral,
                                   kTimestamp,
                                   kTtl,
                                   kInteger,
                                   kFloat,
                                   kBoolean,
                                   kOpenSquare,
                                   kScalar,
                                   kScalarWithLens,
                                   kCanon,
                                   kCanonWithLens,
                                   kCanonMapWithLens};
inline constexpr TokenSet kValue = kApValue | TokenSet{kCanonMap};
inline constexpr TokenSet kScalarOrStream{kScalar, kStream};

inline constexpr OperandRole kCallPeer{"the peer of a call", kPeer, true};
inline constexpr OperandRole kCallService{"the service id of a call", kResolvable, true};
inline constexpr OperandRole kCallFunction{"the function name of a call", kResolvable, true};
inline constexpr OperandRole kCallArgument{"an argument of a call", kValue, true};
inline constexpr OperandRole kCallOutput{"the output of a call", kScalarOrStream};
inline constexpr OperandRole kCanonPeer{"the peer of a canon", kPeer};
inline constexpr OperandRole kCanonSource{"the source of a canon", TokenSet{kStream, kStreamMap}};
inline constexpr OperandRole kCanonOfStream{"the target of a canon over a stream",
                                            TokenSet{kCanon}};
inline constexpr OperandRole kCanonOfMap{"the target of a canon over a stream map",
                                         TokenSet{kCanonMap, kScalar}};
// Where the source is a malformed word.
inline constexpr OperandRole kCanonOfAny{"the target of a canon",
                                         TokenSet{kCanon, kCanonMap, kScalar}};
inline constexpr OperandRole kApSource{"the value of an ap", kApValue};
inline constexpr OperandRole kApTarget{"the target of an ap", kScalarOrStream};
inline constexpr OperandRole kApKey{
    "the key of an ap", TokenSet{kLiteral, kInteger, kScalar, kScalarWithLens, kCanonWithLens}};
inline constexpr OperandRole kApMapTarget{"the target of an ap with a key", TokenSet{kStreamMap}};
inline constexpr OperandRole kMatchSide{"a side of a match", kValue};
inline constexpr OperandRole kMismatchSide{"a side of a mismatch", kValue};
inline constexpr OperandRole kFoldIterable{
    "the iterable of a fold", TokenSet{kScalar, kScalarWithLens, kCanon, kCanonMap,
                                       kCanonMapWithLens, kOpenSquare, kStream, kStreamMap}};
inline constexpr OperandRole kFoldIterator{"the iterator of a fold", TokenSet{kScalar}};
inline constexpr OperandRole kNextIterator{"the iterator of a next", TokenSet{kScalar}};
inline constexpr OperandRole kNewName{"the name of a new",
                                      TokenSet{kScalar, kStream, kStreamMap, kCanon, kCanonMap}};
inline constexpr OperandRole kFailBody{
    "the error of a fail",
    TokenSet{kInteger, kScalar, kScalarWithLens, kCanonWithLens, kLastError, kErrorSlot}};
inline constexpr OperandRole kFailMessage{"the message of a fail", TokenSet{kLiteral}};

}  // namespace roles

}  // namespace aqua::air
