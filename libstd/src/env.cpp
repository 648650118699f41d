// SPDX-License-Identifier: MIT
#include <weld/env.hpp>

#include "during.hpp"

#include <weld/native/environment.hpp>
#include <weld/sys/try.hpp>

#include <array>
#include <cstring>
#include <span>
#include <utility>

namespace weld::env {

namespace {

constexpr std::size_t first_path = 1024;

/// The value of `variable` if it is set and not empty.
std::optional<std::string> set(std::string_view variable) {
    std::optional<std::string> value = var(variable);
    return value && !value->empty() ? value : std::nullopt;
}

/// The value of `variable` if it is an absolute path; else `place` below the home directory.
std::optional<std::string> user_dir(std::string_view variable, std::string_view place) {
    if (std::optional<std::string> value = var(variable); value && value->starts_with('/')) {
        return value;
    }
    std::optional<std::string> home = home_dir();
    if (home) {
        home->append("/").append(place);
    }
    return home;
}

/// The text that `fill` writes, up to the NUL.
template <std::size_t size, class Fill>
Result<std::string> text_of(const char* operation, Fill fill) noexcept {
    return within_memory(operation, [&]() -> Result<std::string> {
        std::array<char, size> text;
        WELD_TRY(during(operation, fill(std::span<char>(text))));
        return std::string(text.data(), ::strnlen(text.data(), size));
    });
}

/// The home directory of the real user, from the system's user database. Its entry may be long.
Result<std::string> directory_of_user() noexcept {
    constexpr std::size_t most = std::size_t{1} << 20;
    return within_memory("home_dir", []() -> Result<std::string> {
        for (std::string text(1024, '\0');; text.resize(2 * text.size())) {
            const auto filled = native::home_directory(text);
            if (filled || filled.error() != sys::Errno::Range || text.size() >= most) {
                WELD_TRY(during("home_dir", filled));
                text.resize(::strnlen(text.data(), text.size()));
                return text;
            }
        }
    });
}

}  // namespace

Result<std::vector<std::string>> args() noexcept {
    return within_memory("args", []() -> Result<std::vector<std::string>> {
        std::vector<std::string> all(1);
        std::array<std::byte, 4096> piece;
        for (std::size_t offset = 0;;) {
            const std::size_t count = WELD_TRY(during("args", native::arguments(piece, offset)));
            if (count == 0) {
                break;
            }
            offset += count;
            for (const std::byte byte : std::span(piece).first(count)) {
                if (byte == std::byte{0}) {
                    all.emplace_back();
                } else {
                    all.back().push_back(static_cast<char>(byte));
                }
            }
        }
        if (all.back().empty()) {
            all.pop_back();  // behind the last NUL
        }
        return all;
    });
}

std::optional<std::string> var(std::string_view name) {
    if (name.find('=', 1) != std::string_view::npos) {
        return std::nullopt;  // the name in "A=B=C" is "A"
    }
    const char* const* variable = native::variables();
    for (; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        if (text.size() > name.size() && text[name.size()] == '=' && text.starts_with(name) && !name.empty()) {
            return std::string(text.substr(name.size() + 1));
        }
    }
    return std::nullopt;
}

std::vector<Variable> vars() {
    std::vector<Variable> all;
    const char* const* variable = native::variables();
    for (; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text(*variable);
        // A name may begin with "=", as some on Windows do.
        const std::size_t equals = text.find('=', 1);
        if (equals != std::string_view::npos) {
            all.push_back({.name = std::string(text.substr(0, equals)), .value = std::string(text.substr(equals + 1))});
        }
    }
    return all;
}

Result<std::string> current_dir() noexcept {
    // Of any length: a directory can be created and entered below one whose path is already the longest that a call
    // takes.
    return within_memory("current_dir", []() -> Result<std::string> {
        std::string text;
        for (std::size_t room = first_path;; room *= 2) {
            text.resize(room);
            const auto found = native::current_directory(text);
            if (found || found.error() != sys::Errno::Range) {
                WELD_TRY(during("current_dir", found));
                text.resize(::strnlen(text.data(), room));
                return text;
            }
        }
    });
}

Result<void> set_current_dir(PathRef path) noexcept {
    return during("set_current_dir", path, [](sys::CStr c_path) { return native::set_current_directory(c_path); });
}

Result<std::string> current_exe() noexcept {
    return within_memory("current_exe", []() -> Result<std::string> {
        std::array<char, longest_path> text;
        const std::size_t size = WELD_TRY(during("current_exe", native::executable(text)));
        return std::string(text.data(), size);
    });
}

std::string temp_dir() { return set("TMPDIR").value_or("/tmp"); }

std::optional<std::string> home_dir() {
    if (std::optional<std::string> home = set("HOME")) {
        return home;
    }
    auto home = directory_of_user();
    return home && !home->empty() ? std::optional(*std::move(home)) : std::nullopt;
}

std::optional<std::string> config_dir() { return user_dir("XDG_CONFIG_HOME", ".config"); }

std::optional<std::string> data_dir() { return user_dir("XDG_DATA_HOME", ".local/share"); }

std::optional<std::string> cache_dir() { return user_dir("XDG_CACHE_HOME", ".cache"); }

std::optional<std::string> state_dir() { return user_dir("XDG_STATE_HOME", ".local/state"); }

std::optional<std::string> runtime_dir() {
    std::optional<std::string> value = var("XDG_RUNTIME_DIR");
    return value && value->starts_with('/') ? value : std::nullopt;
}

Result<std::string> hostname() noexcept {
    return text_of<256>("hostname", [](auto text) { return native::host_name(text); });
}

std::vector<std::string_view> split_paths(std::string_view list) {
    std::vector<std::string_view> paths;
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = list.find(path_list_separator);
        paths.push_back(list.substr(0, end));
        list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    }
    return paths;
}

}  // namespace weld::env
