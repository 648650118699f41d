// SPDX-License-Identifier: MIT
#include "die.hpp"

#include <weld/print.hpp>

namespace green {

namespace {

void say(std::initializer_list<std::string_view> parts) noexcept {
    for (const std::string_view part : parts) {
        (void)weld::eprint(part);
    }
}

}  // namespace

void die(std::string_view what, std::string_view who, std::string_view why) noexcept {
    say({what, who, why});
    std::terminate();
}

void die_of(std::string_view what, std::string_view name, const std::exception_ptr& failure) noexcept {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
        say({what, " '", name, "' ended with an exception that nobody can join: ", exception.what(), "\n"});
        std::terminate();
    } catch (...) {
        say({what, " '", name, "' ended with an exception that nobody can join\n"});
        std::terminate();
    }
}

}  // namespace green
