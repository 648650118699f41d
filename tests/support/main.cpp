// SPDX-License-Identifier: MIT
//
// The main function of every test; Catch2 3 has its own.
#if defined(WELD_TEST_PLAIN)
#include <support/plain/catch.hpp>
int main(int argc, char** argv) { return plain::run(argc, argv); }
#elif !__has_include(<catch2/catch_test_macros.hpp>)
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif
