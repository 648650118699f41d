// SPDX-License-Identifier: MIT
//
// catch, for systems without a package of Catch2: the few of its macros that green's tests of the core use.
//
// A cross compiler finds no Catch2 library. A failed CHECK is printed and counted, a failed REQUIRE ends its test,
// and the exit status is that of a program with Catch2's main. Tests whose tags hold "[.]" or "[soak]" run only when
// their tag is the argument; another argument is the name of the one test to run.
#pragma once

#include <exception>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace plain {

struct Test {
    std::string_view name;
    std::string_view tags;
    void (*body)();
};

struct Failed {};  // ends a test

inline std::vector<Test>& tests() {
    static std::vector<Test> all;
    return all;
}

inline int& failures() {
    static int count = 0;
    return count;
}

struct Registration {
    Registration(void (*body)(), std::string_view name, std::string_view tags = {}) {
        tests().push_back({name, tags, body});
    }
};

inline bool check(bool passed, const char* file, int line, const std::string& said) {
    if (!passed) {
        std::cerr << file << ":" << line << ": FAILED: " << said << "\n";
        ++failures();
    }
    return passed;
}

inline int run(int argc, char** argv) {
    const std::string_view wanted = argc > 1 ? argv[1] : "";
    int ran = 0;
    for (const Test& test : tests()) {
        const bool hidden = test.tags.find("[.]") != test.tags.npos || test.tags.find("[soak]") != test.tags.npos;
        const bool chosen = wanted.empty() ? !hidden : test.name == wanted || test.tags.find(wanted) != test.tags.npos;
        if (!chosen) {
            continue;
        }
        ++ran;
        try {
            test.body();
        } catch (const Failed&) {
        } catch (const std::exception& exception) {
            check(false, test.name.data(), 0, exception.what());
        }
    }
    std::cerr << ran << " tests, " << failures() << " failures\n";
    return failures() == 0 && ran != 0 ? 0 : 1;
}

}  // namespace plain

#define PLAIN_CONCAT(left, right) left##right
#define PLAIN_NAME(left, right) PLAIN_CONCAT(left, right)
#define PLAIN_TEST(body, ...)                                                          \
    static void body();                                                                \
    static const plain::Registration PLAIN_NAME(registers_, body)(&body, __VA_ARGS__); \
    static void body()
#define TEST_CASE(...) PLAIN_TEST(PLAIN_NAME(plain_test_, __LINE__), __VA_ARGS__)

#define CHECK(...) ((void)plain::check(static_cast<bool>(__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__))
#define CHECK_FALSE(...) CHECK(!(__VA_ARGS__))
#define REQUIRE(...) \
    (plain::check(static_cast<bool>(__VA_ARGS__), __FILE__, __LINE__, #__VA_ARGS__) ? void() : throw plain::Failed())
#define REQUIRE_FALSE(...) REQUIRE(!(__VA_ARGS__))
#define CHECK_THROWS_AS(expression, type)                            \
    do {                                                             \
        bool plain_thrown = false;                                   \
        try {                                                        \
            (void)(expression);                                      \
        } catch (const type&) {                                      \
            plain_thrown = true;                                     \
        }                                                            \
        plain::check(plain_thrown, __FILE__, __LINE__, #expression); \
    } while (false)
#define FAIL(...)                                                                             \
    do {                                                                                      \
        plain::check(false, __FILE__, __LINE__, (std::ostringstream() << __VA_ARGS__).str()); \
        throw plain::Failed();                                                                \
    } while (false)
#define INFO(...) ((void)(std::ostringstream() << __VA_ARGS__))
#define WARN(...) (std::cerr << __VA_ARGS__ << "\n")
#define SUCCEED(...) ((void)0)
