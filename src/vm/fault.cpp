#include "vm/fault.h"

#include <fmt/format.h>

#include "json/text.h"

namespace aqua::vm {

Code code_of(FaultKind kind) {
  switch (kind) {
#define X(name, code) \
  case FaultKind::name: return Code::code;
    AQUA_VM_FAULTS(X)
#undef X
  }
  return Code::kTrace;
}

// The texts of catchable errors reach scripts through %last_error% and :error:, and from there hashes:
// every byte is part of the protocol, the mistakes in the English too.
std::string message_of(const Fault& f, const ParticleStores& stores) {
  const auto value = [&] { return stores.text(f.value); };
  switch (f.kind) {
    case FaultKind::kServiceError:
      return fmt::format("Local service error, ret_code is {}, error message is '{}'", f.number,
                         f.text);
    case FaultKind::kMatchUnequal: return "compared values do not match";
    case FaultKind::kMismatchEqual: return "compared values do not mismatch";
    case FaultKind::kUndefined:
      return fmt::format("variable with name '{}' wasn't defined during script execution", f.name);
    case FaultKind::kFoldOverNonArray:
      return fmt::format("expression '{}' returned non-array value '{}' for fold iterable",
                         f.text.empty() ? f.name : std::string_view(f.text), value());
    case FaultKind::kUserFail:
      return fmt::format("fail with '{}' is used without corresponding xor", value());
    case FaultKind::kIndexOnNonArray:
      return fmt::format("value '{}' is not an array-type to match array accessor with idx = '{}'",
                         value(), f.number);
    case FaultKind::kIndexOutOfRange:
      return fmt::format("value '{}' does not contain element for idx = '{}'", value(), f.number);
    case FaultKind::kFieldOnNonObject:
      return fmt::format(
          "value '{}' is not an map-type to match field accessor with field_name = '{}'", value(),
          f.text);
    case FaultKind::kFieldMissing:
      return fmt::format("value '{}' does not contain element with field name = '{}'", value(),
                         f.text);
    case FaultKind::kIndexNotU32:
      return fmt::format("index accessor `{} can't be converted to u32`", value());
    case FaultKind::kAccessorType:
      return fmt::format("scalar accessor `{}` should has number or string type", value());
    case FaultKind::kStreamAccessorType:
      return fmt::format("stream accessor `{}` should has number (u32) type", value());
    case FaultKind::kStreamTooShort:
      return fmt::format(
          "lambda is applied to a stream that have only '{}' elements, but '{}' requested", f.other,
          f.number);
    case FaultKind::kStreamField:
      return fmt::format("field accessor (with field name = '{}') can't be applied to a stream",
                         f.text);
    case FaultKind::kMapAccessorType:
      return fmt::format("canon stream map accessor `{}` should be either string or number",
                         value());
    case FaultKind::kMapAccessorIterator: return "canon stream map accessor must not be iterable";
    case FaultKind::kErrorNotObject:
      return fmt::format(
          "scalar should have an object type to be converted into error object, but '{}' doesn't "
          "have",
          value());
    case FaultKind::kErrorWithoutCode:
      return fmt::format("scalar '{}' must have field with name 'error_code'", value());
    case FaultKind::kErrorCodeType:
      return fmt::format("error_code of scalar '{}' must have integer type", value());
    case FaultKind::kErrorWithoutMessage:
      return fmt::format("scalar '{}' must have field with name 'message'", value());
    case FaultKind::kErrorMessageType:
      return fmt::format("message of scalar '{}' must have string type", value());
    case FaultKind::kErrorCodeZero: return "error code must be non-zero, but it is zero";
    case FaultKind::kCleared:
      return fmt::format("variable with name '{}' was cleared by new and then wasn't set", f.name);
    case FaultKind::kLengthOfOther:
      return fmt::format(
          "the length functor could applied only to an array-like value, but it's applied to '{}'",
          value());
    case FaultKind::kTripletType:
      return fmt::format(
          "call cannot resolve non-String triplet variable part `{}` with value '{}'", f.name,
          value());
    case FaultKind::kMapKeyType: return fmt::format("unsupported type for {} map's key", f.name);

    case FaultKind::kTraceContradiction: return f.text;
    case FaultKind::kValueNotJson:
      return fmt::format("the value for CID \"{}\" is not JSON", f.text);
    case FaultKind::kNameIsBoth:
      return fmt::format("'{}' is a fold iterator and a variable at the same time", f.name);
    case FaultKind::kResultBeforeArguments:
      return fmt::format("a result is recorded for '{}', whose arguments are not known", f.text);
    case FaultKind::kErrorCodeTooLarge:
      return fmt::format("error_code of scalar '{}' is larger than 2^63-1", value());
    case FaultKind::kCompaction:
      return "a stream value has no state in the trace to keep its generation";
    case FaultKind::kGenerationTooLarge:
      return fmt::format("the stream has no generation {}", f.number);
    case FaultKind::kNextOutsideFold:
      return fmt::format("fold state not found for this iterable '{}'", f.name);
    case FaultKind::kWriteToIterator:
      return fmt::format(
          "variable with name '{}' can't be shadowed, shadowing isn't supported for iterables",
          f.name);
    case FaultKind::kIteratorTwice:
      return fmt::format("multiple iterable values found for iterable name '{}'", f.name);
    case FaultKind::kResultKind:
      return fmt::format("call result value {} doesn't match with corresponding instruction",
                         f.text);
    case FaultKind::kSetTwice:
      return fmt::format(
          "trying to shadow variable '{}', but shadowing is allowed only inside fold blocks",
          f.name);
    case FaultKind::kScopesCorrupt: return fmt::format("the scopes of '{}' are corrupt", f.name);
    case FaultKind::kValueNotFound: return fmt::format("value for CID \"{}\" not found", f.text);
    case FaultKind::kTetrapletNotFound:
      return fmt::format("tetraplet for CID \"{}\" not found", f.text);
    case FaultKind::kCanonElementNotFound:
      return fmt::format("canon aggregate for CID \"{}\" not found", f.text);
    case FaultKind::kCanonResultNotFound:
      return fmt::format("canon result for CID \"{}\" not found", f.text);
    case FaultKind::kServiceResultNotFound:
      return fmt::format("service result aggregate for CID \"{}\" not found", f.text);
    case FaultKind::kFailureMalformed:
      return fmt::format("failed to deserialize to CallServiceFailed: '{}'", value());
    case FaultKind::kStreamFull: return "stream size goes over the allowed limit of 1024";
    case FaultKind::kPairMalformed: return "unsupported kvpair object or map key type";
    case FaultKind::kMapScalarEmpty: return "can not find JValue to produce scalar from";
    case FaultKind::kArgumentsDiffer:
      return fmt::format("call argument_hash doesn't match expected parameters: {} ", f.text);
    case FaultKind::kTripletDiffers:
      return fmt::format("call tetraplet doesn't match expected parameters: {} ", f.text);
    case FaultKind::kCanonPeerDiffers:
      return fmt::format("canon tetraplet doesn't match expected parameters: {} ", f.text);
  }
  return {};
}

}  // namespace aqua::vm
