// SPDX-License-Identifier: MIT
//
// Turns a Command into a plan of libnative: every allocation and decision happens before there is a child.
#include "../process/start.hpp"

#include "../during.hpp"

#include <weld/native/environment.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace weld::process {

namespace {

constexpr std::array operations = std::to_array<const char*>({
    "spawn",
    "close_other_fds",
    "map_fd",
    "setsid",
    "process_group",
    "chroot",
    "groups",
    "gid",
    "uid",
    "current_dir",
    "death_signal",
    "pre_exec",
});
static_assert(operations.size() == std::size_t{std::to_underlying(native::SpawnStep::BeforeExec)} + 1);

Error error_of(native::SpawnFailure failure) noexcept {
    return {operations[std::to_underlying(failure.step)], failure.error};
}

bool has_nul(std::string_view text) noexcept { return text.find('\0') != std::string_view::npos; }

/// NUL-terminated texts, one after another. Their addresses are known once all are added.
class Texts {
public:
    /// Adds one text, the concatenation of `parts`.
    void add(std::initializer_list<std::string_view> parts) {
        starts_.push_back(text_.size());
        for (const std::string_view part : parts) {
            text_ += part;
        }
        text_ += '\0';
    }

    /// Appends a pointer to each text to `list`.
    void append_to(std::vector<const char*>& list) const {
        for (const std::size_t start : starts_) {
            list.push_back(text_.data() + start);
        }
    }

private:
    std::string text_;
    std::vector<std::size_t> starts_;
};

/// The value of `variable`, "NAME=value", if NAME is `name`.
std::optional<std::string_view> value_in(std::string_view variable, std::string_view name) noexcept {
    const bool is_it = variable.size() > name.size() && variable.starts_with(name) && variable[name.size()] == '=';
    return is_it ? std::optional(variable.substr(name.size() + 1)) : std::nullopt;
}

/// A plan and everything that it refers to.
class Prepared {
public:
    Result<void> make(const Command& command, const ChildStreams& streams) {
        WELD_TRY(check(command));
        make_arguments(command);
        make_environment(command);
        make_programs(command);
        WELD_TRY(make_descriptors(command, streams));
        return make_rest(command);
    }

    [[nodiscard]] native::SpawnPlan& plan() noexcept { return plan_; }

private:
    static Result<void> check(const Command& command) noexcept {
        const SystemOptions& system = command.as_system();
        if (has_nul(command.program()) || has_nul(command.current_dir().value_or("")) ||
            (system.root && has_nul(*system.root))) {
            return std::unexpected(Error("spawn", Fault::NulInPath));
        }
        const auto has_bad_name = [](const auto& change) { return change.first.empty() || change.first.contains('='); };
        const auto holds_nul = [](const auto& change) {
            return has_nul(change.first) || (change.second && has_nul(*change.second));
        };
        if (system.user && !system.group) {
            return std::unexpected(Error("uid", Fault::InvalidInput));  // the child would keep this process's group
        }
        if (std::ranges::any_of(command.args(), has_nul) || (system.name && has_nul(*system.name)) ||
            std::ranges::any_of(command.envs(), holds_nul)) {
            return std::unexpected(Error("spawn", Fault::NulInText));
        }
        if (std::ranges::any_of(command.envs(), has_bad_name)) {
            return std::unexpected(Error("spawn", Fault::BadVariable));
        }
        return {};
    }

    void make_arguments(const Command& command) {
        const auto& name = command.as_system().name;
        arguments_.reserve(command.args().size() + 2);
        arguments_.push_back(name ? name->c_str() : command.program().data());
        for (const std::string& argument : command.args()) {
            arguments_.push_back(argument.c_str());
        }
        arguments_.push_back(nullptr);
        plan_.arguments = arguments_.data();
    }

    void make_environment(const Command& command) {
        static constexpr const char* nothing = nullptr;
        const char* const* const ours = native::variables() != nullptr ? native::variables() : &nothing;
        if (command.envs().empty() && !command.clears_env()) {
            plan_.environment = ours;
            return;
        }
        for (const char* const* variable = ours; *variable != nullptr && !command.clears_env(); ++variable) {
            const std::string_view text(*variable);
            // A name may begin with "=".
            if (!command.envs().contains(text.substr(0, text.find('=', 1)))) {
                environment_.push_back(*variable);
            }
        }
        for (const auto& [name, value] : command.envs()) {
            if (value) {
                variables_.add({name, "=", *value});
            }
        }
        variables_.append_to(environment_);
        environment_.push_back(nullptr);
        plan_.environment = environment_.data();
    }

    /// $PATH as the child has it.
    [[nodiscard]] std::string_view search_path() const noexcept {
        for (const char* const* variable = plan_.environment; *variable != nullptr; ++variable) {
            if (const auto value = value_in(*variable, "PATH")) {
                return *value;
            }
        }
        return "/bin:/usr/bin";
    }

    void make_programs(const Command& command) {
        const std::string_view program = command.program();
        if (program.empty() || program.contains('/')) {
            programs_.push_back(program.data());
        } else {
            for (std::string_view list = search_path();;) {
                const std::size_t end = std::min(list.find(':'), list.size());
                const std::string_view directory = list.substr(0, end);
                paths_.add({directory, directory.empty() || directory.ends_with('/') ? "" : "/", program});
                if (end == list.size()) {
                    break;
                }
                list.remove_prefix(end + 1);
            }
            paths_.append_to(programs_);
        }
        programs_.push_back(nullptr);
        plan_.programs = programs_.data();
    }

    Result<void> make_descriptors(const Command& command, const ChildStreams& streams) {
        int number = 0;
        for (const auto& stream : {streams.in, streams.out, streams.err}) {
            if (stream) {
                descriptors_.push_back({.source = stream->raw(), .number = number});
            }
            ++number;
        }
        for (const MappedFd& mapped : command.as_system().descriptors) {
            if (mapped.mapping.number < 0) {
                return std::unexpected(Error("map_fd", Fault::BadDescriptor));
            }
            descriptors_.push_back(mapped.mapping);
        }
        plan_.descriptors = descriptors_;
        return {};
    }

    Result<void> make_rest(const Command& command) noexcept {
        const SystemOptions& system = command.as_system();
        plan_.close_others = system.close_others;
        plan_.new_session = system.new_session;
        plan_.process_group = system.process_group;
        plan_.root = system.root ? system.root->c_str() : nullptr;
        plan_.groups = system.groups;
        plan_.group = system.group;
        plan_.user = system.user;
        if (const auto directory = command.current_dir()) {
            plan_.directory = directory->data();  // a std::string's data: NUL-terminated
        }
        if (system.death_signal) {
            plan_.death_signal = static_cast<sys::Signal>(*system.death_signal);
        }
        plan_.before_exec = system.before_exec;
        return {};
    }

    std::vector<const char*> arguments_;
    std::vector<const char*> environment_;
    std::vector<const char*> programs_;
    Texts variables_;
    Texts paths_;
    std::vector<native::DescriptorMapping> descriptors_;
    native::SpawnPlan plan_;
};

}  // namespace

Result<native::Process> start(const Command& command, const ChildStreams& streams) noexcept {
    return within_memory("spawn", [&]() -> Result<native::Process> {
        Prepared prepared;
        WELD_TRY(prepared.make(command, streams));
        auto made = native::Process::spawn(prepared.plan());
        if (!made) {
            return std::unexpected(error_of(made.error()));
        }
        return *std::move(made);
    });
}

Error replace(const Command& command, const ChildStreams& streams) noexcept {
    const auto replaced = within_memory("exec", [&]() -> Result<void> {
        Prepared prepared;
        WELD_TRY(prepared.make(command, streams));
        return std::unexpected(error_of(native::replace_process(prepared.plan())));
    });
    return replaced.error();
}

}  // namespace weld::process
