// SPDX-License-Identifier: MIT
#include <weld/process/windows_quoting.hpp>

#include "../during.hpp"

#include <algorithm>
#include <cstddef>

namespace weld::process::windows {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view blanks = " \t";

/// Appends `arg` in the form that the C library parses: a quote gets a backslash, and backslashes before it are
/// doubled.
void append_argument(std::string& line, std::string_view arg) {
    const bool is_quoted = arg.empty() || arg.find_first_of(blanks) != std::string_view::npos;
    std::size_t backslashes = 0;
    line += is_quoted ? "\"" : "";
    for (const char letter : arg) {
        if (letter == '"') {
            line.append(backslashes + 1, '\\');
        }
        backslashes = letter == '\\' ? backslashes + 1 : 0;
        line += letter;
    }
    if (is_quoted) {
        line.append(backslashes, '\\') += '"';
    }
}

bool is_plain_in_batch(char letter) noexcept {
    const auto byte = static_cast<unsigned char>(letter);
    const bool is_word = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
    return is_word || R"(#$*+-./:?@\_)"sv.contains(letter);
}

/// Written before a percent sign: cmd.exe expands `%%cd:~,%` to one percent sign, and to no variable.
constexpr std::string_view before_percent = "%%cd:~,";

/// Appends `arg` as one word for cmd.exe, and for the C library of the program that it runs: a quote is doubled.
void append_batch_argument(std::string& line, std::string_view arg) {
    const bool is_quoted = arg.empty() || arg.ends_with('\\') || !std::ranges::all_of(arg, is_plain_in_batch);
    std::size_t backslashes = 0;
    line += is_quoted ? "\"" : "";
    for (const char letter : arg) {
        if (letter == '"') {
            line.append(backslashes, '\\') += '"';
        } else if (letter == '%') {
            line += before_percent;
        }
        backslashes = letter == '\\' ? backslashes + 1 : 0;
        line += letter;
    }
    if (is_quoted) {
        line.append(backslashes, '\\') += '"';
    }
}

bool is_given_to_batch(std::string_view text) noexcept {
    return text.find_first_of("\r\n\0"sv) == std::string_view::npos;
}

/// Removes the program's name from the front of `line` and returns it. Quotes enclose text with blanks; no escapes.
std::string take_program(std::string_view& line) {
    std::string program;
    bool in_quotes = false;
    std::size_t used = 0;
    for (; used < line.size() && (in_quotes || !blanks.contains(line[used])); ++used) {
        if (line[used] == '"') {
            in_quotes = !in_quotes;
        } else {
            program += line[used];
        }
    }
    line.remove_prefix(used);
    return program;
}

/// Removes the first argument from `line` and returns it.
std::string take_argument(std::string_view& line) {
    std::string arg;
    bool in_quotes = false;
    std::size_t used = 0;
    while (used < line.size() && (in_quotes || !blanks.contains(line[used]))) {
        const std::size_t backslashes = std::min(line.find_first_not_of('\\', used), line.size()) - used;
        used += backslashes;
        const bool at_quote = used < line.size() && line[used] == '"';
        arg.append(at_quote ? backslashes / 2 : backslashes, '\\');
        if (at_quote && backslashes % 2 == 0) {
            ++used;
            if (in_quotes && used < line.size() && line[used] == '"') {
                arg += line[used++];  // two quotes inside quotes are one, and the quoting continues
            } else {
                in_quotes = !in_quotes;
            }
        } else if (used < line.size() && (at_quote || in_quotes || !blanks.contains(line[used]))) {
            arg += line[used++];
        }
    }
    line.remove_prefix(used);
    return arg;
}

bool is_suffix_in_any_case(std::string_view text, std::string_view suffix) noexcept {
    const auto lower = [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    };
    return text.size() >= suffix.size() &&
           std::ranges::equal(text.substr(text.size() - suffix.size()), suffix, {}, lower);
}

}  // namespace

Result<std::string> make_command_line(std::string_view program, std::span<const std::string> args) noexcept {
    const auto has_nul = [](std::string_view text) { return text.contains('\0'); };
    if (program.contains('"') || has_nul(program) || std::ranges::any_of(args, has_nul)) {
        return std::unexpected(Error("make_command_line", Fault::InvalidInput));
    }
    return within_memory("make_command_line", [&]() -> Result<std::string> {
        std::string line;
        line.append("\"").append(program).append("\"");
        for (const std::string& arg : args) {
            line += ' ';
            append_argument(line, arg);
        }
        return line;
    });
}

std::vector<std::string> parse_command_line(std::string_view line) {
    std::vector<std::string> all;
    all.push_back(take_program(line));
    for (;;) {
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        if (line.empty()) {
            return all;
        }
        all.push_back(take_argument(line));
    }
}

bool is_batch_file(std::string_view program) noexcept {
    program = program.substr(0, program.find_last_not_of(" .") + 1);
    return is_suffix_in_any_case(program, ".bat") || is_suffix_in_any_case(program, ".cmd");
}

Result<std::string> make_batch_command_line(std::string_view script, std::span<const std::string> args) noexcept {
    if (script.contains('"') || script.ends_with('\\') || !is_given_to_batch(script) ||
        !std::ranges::all_of(args, is_given_to_batch)) {
        return std::unexpected(Error("make_batch_command_line", Fault::InvalidInput));
    }
    return within_memory("make_batch_command_line", [&]() -> Result<std::string> {
        // Extensions on, variables of the form !NAME! off, no commands from the registry; all in quotes, which /c
        // removes.
        std::string line = "cmd.exe /e:ON /v:OFF /d /c \"";
        line += '"';
        for (const char letter : script) {
            line += letter == '%' ? before_percent : ""sv;
            line += letter;
        }
        line += '"';
        for (const std::string& arg : args) {
            line += ' ';
            append_batch_argument(line, arg);
        }
        return line += '"';
    });
}

}  // namespace weld::process::windows
