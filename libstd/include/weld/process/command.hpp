// SPDX-License-Identifier: MIT
//
// Command: a program to run, with what, where and how.
//
//     process::Command("cc").arg("-c").arg(source).current_dir(place).output()
//
// What is set is kept, so that one Command can start many processes, from any threads as long as nobody changes it;
// each gets the environment of this process as it is then, with the changes. Nothing is interpreted: no shell is asked,
// an argument is one argument. A NUL in any text is InvalidInput, never its end. <weld/os/unix/process.hpp> has what
// only Unix knows: descriptors, users, groups and so on.
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

/// Variables by their names; one without a value is removed.
using EnvChanges = std::map<std::string, std::optional<std::string>, std::less<>>;

class Command {
public:
    /// A Command for `program`. A name without a slash is looked for in the $PATH that the child has, and nowhere else;
    /// where it has none, in /bin and /usr/bin. A relative path is taken from the directory that the child begins in.
    explicit Command(PathRef program) : program_(program.view()) {}

    /// One more argument, or several: a range of what std::string_view is made of.
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

    /// The variable `name` is `value` for the child, whatever it is here. `Fault::BadVariable`, from what starts the
    /// child, for a name that is empty or has a "=" inside.
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

    /// The child has no variable `name`.
    Command& env_remove(std::string_view name) {
        env_.insert_or_assign(std::string(name), std::nullopt);
        return *this;
    }

    /// The child has no variables but those that are set after this.
    Command& env_clear() noexcept {
        env_.clear();
        clears_env_ = true;
        return *this;
    }

    /// The child begins in the directory `path`.
    Command& current_dir(PathRef path) {
        directory_.emplace(path.view());
        return *this;
    }

    /// The standard streams of the child. What is not set is this process's, but for `output`, where input is null and
    /// the others are piped.
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

    /// Starts a child, and returns when its program runs. An error names the step that failed: "spawn" for the program
    /// itself, "current_dir" for the directory; `error.at(command.program())` says of which program. Nothing is left of
    /// the child then. Allocates: lists of pointers to the
    /// arguments and variables, and the paths to try.
    [[nodiscard]] WELD_API Result<Child> spawn() const noexcept;

    /// Starts a child, takes all that it writes, and waits for it: `spawn` and `wait_with_output`.
    [[nodiscard]] WELD_API Result<Output> output() const noexcept;

    /// The same, for no longer than `options` say.
    [[nodiscard]] WELD_API Result<Output> output(const OutputOptions& options) const noexcept;

    /// Starts a child and waits for it. InvalidInput for a piped stream, whose other end nobody would have.
    [[nodiscard]] WELD_API Result<ExitStatus> status() const noexcept;

    [[nodiscard]] std::string_view program() const noexcept { return program_; }
    [[nodiscard]] std::span<const std::string> args() const noexcept { return args_; }
    [[nodiscard]] const EnvChanges& envs() const noexcept { return env_; }
    [[nodiscard]] bool clears_env() const noexcept { return clears_env_; }
    [[nodiscard]] std::optional<std::string_view> current_dir() const noexcept { return directory_; }
    [[nodiscard]] const std::optional<Stdio>& in() const noexcept { return in_; }
    [[nodiscard]] const std::optional<Stdio>& out() const noexcept { return out_; }
    [[nodiscard]] const std::optional<Stdio>& err() const noexcept { return err_; }

    /// What only one system has.
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
