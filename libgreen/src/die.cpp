// SPDX-License-Identifier: MIT
#include "die.hpp"

#include "line.hpp"

#include <green/thread/no_switch.hpp>

#include <cstdlib>
#include <exception>
#include <source_location>

namespace green {

namespace {

/// The C++ library's own terminate handler writes through stdio, whose lock a task may hold while it blocks. Its
/// message has been written already.
[[noreturn]] void end(const Line& line) noexcept {
    (void)line.say(last_words_patience);
    if (std::get_terminate() == &__gnu_cxx::__verbose_terminate_handler) {
        std::abort();
    }
    std::terminate();
}

}  // namespace

void die(std::string_view what, std::string_view who, std::string_view why) noexcept {
    end(Line().add(what).add(who).add(why));
}

void die_of(std::string_view what, std::string_view name, const std::exception_ptr& failure) noexcept {
    Line line;
    line.add(what).add(" '").add(name).add("' ended with an exception that nobody can join");
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
        end(line.add(": ").add(std::string_view(exception.what()).substr(0, 512)).add("\n"));
    } catch (...) {
        end(line.add("\n"));
    }
}

void die_of_switch(const NoSwitch& scope) noexcept {
    const std::source_location& place = scope.place();
    end(Line()
            .add("green: a call that parks was made in the NoSwitch scope of ")
            .add(place.file_name())
            .add(":")
            .add(std::size_t{place.line()})
            .add(" (")
            .add(place.function_name())
            .add(")\n"));
}

}  // namespace green
