// SPDX-License-Identifier: MIT
//
// env: arguments, variables, and the places of the process, its user and its host.
//
// Read only, but for the current directory. A variable cannot be set: any thread may be reading the environment, in a
// library of C for one, and no lock of ours would keep it from it. What a child process gets is the child's own list.
#pragma once

#include <weld/error.hpp>
#include <weld/path.hpp>

#include <concepts>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weld::env {

/// What the process was started with, the name that it was called by first; for a library, since a program has main's.
/// Of Linux's /proc. Allocates: the result.
[[nodiscard]] WELD_API Result<std::vector<std::string>> args() noexcept;

/// The value of the variable `name`; nothing where there is none. Not while another thread changes the environment.
/// Allocates: the result.
[[nodiscard]] WELD_API std::optional<std::string> var(std::string_view name);

struct Variable {
    std::string name;
    std::string value;
};

/// All variables, in the order of the environment. Not while another thread changes it. Allocates: the result.
[[nodiscard]] WELD_API std::vector<Variable> vars();

/// The absolute path of the current directory. NotFound when that was removed. Allocates: the result.
[[nodiscard]] WELD_API Result<std::string> current_dir() noexcept;

/// Makes `path` the current directory of the whole process. chdir(2).
[[nodiscard]] WELD_API Result<void> set_current_dir(PathRef path) noexcept;

/// The path of the running program, links resolved; when it was removed, Linux puts " (deleted)" behind it. No answer
/// to who may be trusted: the file there may be another by now. Allocates: the result.
[[nodiscard]] WELD_API Result<std::string> current_exe() noexcept;

/// Where temporary files go: $TMPDIR if that is set and not empty, else /tmp.
[[nodiscard]] WELD_API std::string temp_dir();

/// The user's directory: $HOME if that is set and not empty, else as the system's list of users has it; nothing when
/// neither says.
[[nodiscard]] WELD_API std::optional<std::string> home_dir();

/// Where the user's programs keep what they are told, what they make, what they could make again, what they remember
/// from run to run, and what is gone at the end of the login: $XDG_CONFIG_HOME and so on if absolute, else below
/// `home_dir`: .config, .local/share, .cache, .local/state; nothing without one. XDG Base Directory Specification 0.8.
[[nodiscard]] WELD_API std::optional<std::string> config_dir();
[[nodiscard]] WELD_API std::optional<std::string> data_dir();
[[nodiscard]] WELD_API std::optional<std::string> cache_dir();
[[nodiscard]] WELD_API std::optional<std::string> state_dir();
[[nodiscard]] WELD_API std::optional<std::string> runtime_dir();

/// The name of this host. gethostname(2).
[[nodiscard]] WELD_API Result<std::string> hostname() noexcept;

/// Between the paths of a list such as $PATH.
inline constexpr char path_list_separator = ':';

/// The paths of a list such as $PATH, borrowed from it: at least one, for an empty one stands for the current
/// directory. Allocates: the result.
[[nodiscard]] WELD_API std::vector<std::string_view> split_paths(std::string_view list);

/// Such a list of `paths`, a range of what std::string_view is made of. InvalidInput for a path with the separator in
/// it, which cannot be in a list. Allocates: the result.
template <std::ranges::input_range Paths>
    requires std::constructible_from<std::string_view, std::ranges::range_reference_t<Paths>>
[[nodiscard]] Result<std::string> join_paths(Paths&& paths) {
    std::string list;
    bool is_first = true;
    for (auto&& path : paths) {
        const std::string_view text(path);
        if (text.find(path_list_separator) != std::string_view::npos) {
            return std::unexpected(Error("join_paths", Fault::InvalidInput));
        }
        if (!std::exchange(is_first, false)) {
            list += path_list_separator;
        }
        list += text;
    }
    return list;
}

}  // namespace weld::env
