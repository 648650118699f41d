// SPDX-License-Identifier: MIT
//
// Command: a program to run, with its arguments, environment, directory and streams.
//
//     process::Command("cc").arg("-c").arg(source).current_dir(place).output()
//
// A Command keeps its settings, so one Command can start many processes, also from several threads while no thread
// changes it. Each child gets the environment that this process has at the start, with the changes. Nothing is
// interpreted: there is no shell, and an argument is one argument. A NUL in any text is InvalidInput; it never cuts the
// text. <weld/os/unix/process.hpp> has the settings that only Unix has: descriptors, users, groups and so on.
#pragma once

#include <weld/error.hpp>
#include <weld/path.hpp>
#include <weld/process/child.hpp>
#include <weld/process/repr.hpp>
#include <weld/process/stdio.hpp>

#include <concepts>
#include <functional>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace weld::process {

/// Changes to the environment, by the names of variables. A variable without a value is removed.
using EnvChanges = std::map<std::string, std::optional<std::string>, std::less<>>;

class Command {
public:
    /// A Command for `program`. A name without a slash is searched for in the $PATH that the child has, and nowhere
    /// else; without a $PATH, in /bin and /usr/bin. A relative path is resolved from the directory that the child
    /// starts in.
    explicit Command(PathRef program) : program_(program.view()) {}

    /// Adds one argument, or several: a range of values that convert to std::string_view.
    Command& arg(std::string_view argument) {
        args_.emplace_back(argument);
        return *this;
    }
    template <std::ranges::input_range Arguments>
        requires std::constructible_from<std::string_view, std::ranges::range_reference_t<Arguments>>
    Command& args(Arguments&& arguments) {
        for (auto&& argument : arguments) {
            args_.emplace_back(std::string_view(argument));
        }
        return *this;
    }

    /// Sets the variable `name` to `value` in the child. For a name that is empty or contains "=", the call that starts
    /// the child fails with `Fault::BadVariable`.
    Command& env(std::string_view name, std::string_view value) {
        env_.insert_or_assign(std::string(name), std::string(value));
        return *this;
    }

    /// The same for each pair of a range.
    template <std::ranges::input_range Variables>
    Command& envs(Variables&& variables) {
        for (auto&& [name, value] : variables) {
            env(name, value);
        }
        return *this;
    }

    /// Removes the variable `name` from the child's environment.
    Command& env_remove(std::string_view name) {
        env_.insert_or_assign(std::string(name), std::nullopt);
        return *this;
    }

    /// Empties the child's environment. It gets only the variables that are set after this.
    Command& env_clear() noexcept {
        env_.clear();
        clears_env_ = true;
        return *this;
    }

    /// The child starts in the directory `path`.
    Command& current_dir(PathRef path) {
        directory_.emplace(path.view());
        return *this;
    }

    /// The standard streams of the child. A stream that is not set is inherited from this process; for `output`, input
    /// is null and the others are piped.
    Command& in(Stdio stdio) noexcept {
        in_ = std::move(stdio);
        return *this;
    }
    Command& out(Stdio stdio) noexcept {
        out_ = std::move(stdio);
        return *this;
    }
    Command& err(Stdio stdio) noexcept {
        err_ = std::move(stdio);
        return *this;
    }

    /// Starts a child and returns when its program runs. An error names the step that failed: "spawn" for the program
    /// itself, "current_dir" for the directory; `error.at(command.program())` adds the program. After an error nothing
    /// is left of the child. Allocates: lists of pointers to the arguments and variables, and the paths to try.
    [[nodiscard]] WELD_API Result<Child> spawn() const noexcept;

    /// Starts a child, reads all that it writes, and waits for it: `spawn` and `wait_with_output`.
    [[nodiscard]] WELD_API Result<Output> output() const noexcept;

    /// The same, for no longer than `options` allow.
    [[nodiscard]] WELD_API Result<Output> output(const OutputOptions& options) const noexcept;

    /// Starts a child and waits for it. InvalidInput for a piped stream, since no one would hold its other end.
    [[nodiscard]] WELD_API Result<ExitStatus> status() const noexcept;

    [[nodiscard]] std::string_view program() const noexcept { return program_; }
    [[nodiscard]] std::span<const std::string> args() const noexcept { return args_; }
    [[nodiscard]] const EnvChanges& envs() const noexcept { return env_; }
    [[nodiscard]] bool clears_env() const noexcept { return clears_env_; }
    [[nodiscard]] std::optional<std::string_view> current_dir() const noexcept { return directory_; }
    [[nodiscard]] const std::optional<Stdio>& in() const noexcept { return in_; }
    [[nodiscard]] const std::optional<Stdio>& out() const noexcept { return out_; }
    [[nodiscard]] const std::optional<Stdio>& err() const noexcept { return err_; }

    /// The settings that only one system has.
    [[nodiscard]] const SystemOptions& as_system() const noexcept { return system_; }
    [[nodiscard]] SystemOptions& as_system() noexcept { return system_; }

private:
    std::string program_;
    std::vector<std::string> args_;
    EnvChanges env_;
    bool clears_env_ = false;
    std::optional<std::string> directory_;
    std::optional<Stdio> in_;
    std::optional<Stdio> out_;
    std::optional<Stdio> err_;
    SystemOptions system_;
};

}  // namespace weld::process
