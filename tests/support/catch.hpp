// SPDX-License-Identifier: MIT
//
// catch: Catch2 of version 3 or 2, whichever is installed, or its stand-in for a cross build.
#pragma once

#if defined(WELD_TEST_PLAIN)
#include <support/plain/catch.hpp>
#elif __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#include <catch2/catch_tostring.hpp>
#else
#include <catch2/catch.hpp>
#endif
