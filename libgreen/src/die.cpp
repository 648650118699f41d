// SPDX-License-Identifier: MIT
#include "die.hpp"

#include <green/thread/no_switch.hpp>

#include <weld/print.hpp>

#include <array>
#include <charconv>
#include <initializer_list>
#include <source_location>

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

void die_of_switch(const NoSwitch& scope) noexcept {
    const std::source_location& place = scope.place();
    std::array<char, 12> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), place.line()).ptr;
    say({"green: a call that parks was made in the NoSwitch scope of ", place.file_name(), ":",
         std::string_view(digits.data(), end), " (", place.function_name(), ")\n"});
    std::terminate();
}

}  // namespace green
