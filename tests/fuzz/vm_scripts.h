#pragma once

#include <array>
#include <string_view>

#include "vm/test_peer.h"

// What the fuzz targets of the VM run: small scripts that together use every instruction, every kind of
// variable and every state of the trace. "@A" is the id of peer A.

namespace aqua::fuzz {

inline constexpr std::string_view kPeers = "ABC";

inline constexpr auto kScripts = std::to_array<std::string_view>({
    "(null)",
    R"((seq (call "@A" ("s" "list") [] x) (call "@B" ("s" "echo") [x] y)))",
    // Two peers write a stream, the third folds over it.
    R"((seq (par (call "@B" ("s" "v") [] $s) (call "@C" ("s" "v") [] $s))
            (fold $s i (seq (call "@A" ("s" "echo") [i]) (next i)))))",
    // States behind the next of a fold (which the match, never run, makes legal), a stream that grows while
    // it is folded.
    R"((seq (seq (xor (match 1 2 (fold [] j (fold [] k (xor (next j) (next k))))) (null))
                 (seq (ap 1 $s) (ap 2 $s)))
            (seq (fold $s i (par (seq (ap i $t) (par (next i) (call "@A" ("s" "echo") [i] z)))
                                 (match i 1 (ap 3 $s))) (null))
                 (canon "@A" $t #tt))))",
    R"((seq (call "@A" ("s" "list") [] x)
            (fold x i (par (seq (call "@B" ("s" "echo") [i] $r) (canon "@B" $r #r)) (next i)))))",
    // Stream maps and the three kinds of canon.
    R"((seq (seq (ap ("k" 1) %m) (ap (42 "v") %m))
            (seq (par (canon "@A" %m #%mm) (canon "@B" %m o))
                 (seq (ap #%mm.$.k $s)
                      (seq (canon "@B" $s #ss)
                           (par (call "@A" ("s" "echo") [#%mm #%mm.$.[42] o #ss #ss.length])
                                (fold %m p (seq (ap p.$.value $q) (next p)))))))))",
    // Errors, caught and not.
    R"((seq (xor (call "@B" ("s" "fail") [] x) (call "@A" ("s" "echo") [%last_error% :error:] e))
            (xor (match e.$.[0].error_code 1 (null)) (fail :error:))))",
    R"((seq (par (call "@A" ("s" "fail") []) (call "@B" ("s" "v") [] v))
            (xor (fail 7 "seven") (seq (call "@A" ("s" "echo") [%last_error%.$.message v] r)
                                       (mismatch r 1 (fail r))))))",
    // Scopes.
    R"((new $s (seq (call "@A" ("s" "list") [] x)
                    (fold x i (seq (new y (seq (ap i y) (new $t (seq (ap y $t) (canon "@A" $t #t)))))
                                   (seq (ap i $s) (next i)))))))",
    // A join that waits for two peers.
    R"((par (call "@B" ("s" "v") [] b) (par (call "@C" ("s" "v") [] c)
            (seq (call "@A" ("s" "echo") [b c]) (canon "@C" $n #n)))))",
    R"((par (seq (call "@A" ("s" "v") [] $s) (never))
            (fold $s i (par (call "@B" ("s" "echo") [i] $t) (next i)))))",
});

inline vm::TestAnswer answer(const vm::TestRequest& request) {
  if (request.function == "list") return {0, R"([1,2,{"error_code":9,"message":"m"}])"};
  if (request.function == "echo") return {0, request.arguments};
  if (request.function == "v") return {0, R"({"a":1.5,"b":"text"})"};
  return {3, R"("no")"};
}

}  // namespace aqua::fuzz
