// SPDX-License-Identifier: MIT
//
// env: arguments, environment variables, the directories of the process and its user, the name of the host.
//
// Read only, except for the current directory. A variable cannot be set: any thread may be reading the environment, for
// example in a C library, and no lock of ours would stop it. A child process gets a list of its own.
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

/// The arguments that the process was started with; the first is the name that it was called by. For libraries, since a
/// program has the arguments of main. Reads Linux's /proc. Allocates: the result.
[[nodiscard]] WELD_API Result<std::vector<std::string>> args() noexcept;

/// The value of the variable `name`; nullopt if it is not set. Not thread-safe while another thread changes the
/// environment. Allocates: the result.
[[nodiscard]] WELD_API std::optional<std::string> var(std::string_view name);

struct Variable {
    std::string name;
    std::string value;
};

/// All variables, in the order of the environment. Not thread-safe while another thread changes it. Allocates: the
/// result.
[[nodiscard]] WELD_API std::vector<Variable> vars();

/// The absolute path of the current directory. NotFound if the directory was removed. Allocates: the result.
[[nodiscard]] WELD_API Result<std::string> current_dir() noexcept;

/// Makes `path` the current directory of the whole process. chdir(2).
[[nodiscard]] WELD_API Result<void> set_current_dir(PathRef path) noexcept;

/// The path of the running program, with symbolic links resolved. Linux appends " (deleted)" if the file was removed.
/// Not for security decisions: another file may have that path by now. Allocates: the result.
[[nodiscard]] WELD_API Result<std::string> current_exe() noexcept;

/// The directory for temporary files: $TMPDIR if it is set and not empty, else /tmp.
[[nodiscard]] WELD_API std::string temp_dir();

/// The user's home directory: $HOME if it is set and not empty, else the one in the system's user database; nullopt if
/// neither has one.
[[nodiscard]] WELD_API std::optional<std::string> home_dir();

/// The user's directories for configuration, data, cache, state and runtime files: $XDG_CONFIG_HOME and so on if that
/// is an absolute path; else .config, .local/share, .cache and .local/state below `home_dir`; nullopt without a home
/// directory. The runtime directory, which lasts as long as the login, has no such default. XDG Base Directory
/// Specification 0.8.
[[nodiscard]] WELD_API std::optional<std::string> config_dir();
[[nodiscard]] WELD_API std::optional<std::string> data_dir();
[[nodiscard]] WELD_API std::optional<std::string> cache_dir();
[[nodiscard]] WELD_API std::optional<std::string> state_dir();
[[nodiscard]] WELD_API std::optional<std::string> runtime_dir();

/// The name of this host. gethostname(2).
[[nodiscard]] WELD_API Result<std::string> hostname() noexcept;

/// The separator between the paths of a list such as $PATH.
inline constexpr char path_list_separator = ':';

/// The paths of a list such as $PATH, borrowed from `list`. At least one; an empty path means the current directory.
/// Allocates: the result.
[[nodiscard]] WELD_API std::vector<std::string_view> split_paths(std::string_view list);

/// Joins `paths`, a range of values that convert to std::string_view, into such a list. InvalidInput for a path that
/// contains the separator, which a list cannot hold. Allocates: the result.
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
