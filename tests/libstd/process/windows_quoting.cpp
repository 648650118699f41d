// SPDX-License-Identifier: MIT
//
// process::windows: command lines that give a program, or a batch file, its arguments and nothing else.
#include <support/words.hpp>

#include <weld/process/windows_quoting.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace windows = weld::process::windows;
using namespace std::string_view_literals;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

using Words = std::vector<std::string>;

std::string line_of(const Words& args) { return must(windows::make_command_line("prog", args)); }

std::string batch_line_of(const Words& args) { return must(windows::make_batch_command_line("a.bat", args)); }

/// What is between the program and the end of a line for a batch file.
std::string batch_arguments(const Words& args) {
    const std::string line = batch_line_of(args);
    const std::string_view head = "cmd.exe /e:ON /v:OFF /d /c \"\"a.bat\" ";
    REQUIRE(line.starts_with(head));
    REQUIRE(line.ends_with('"'));
    return line.substr(head.size(), line.size() - head.size() - 1);
}

}  // namespace

TEST_CASE("an argument is quoted only if needed, with backslashes only before a quote", "[promise:2.30]") {
    CHECK(line_of({"aaa", "bbb", "ccc"}) == R"("prog" aaa bbb ccc)");
    CHECK(must(windows::make_command_line(R"(C:\Program Files\test)", Words{"aa bb"})) ==
          R"("C:\Program Files\test" "aa bb")");
    CHECK(line_of({"a\"b"}) == R"("prog" a\"b)");
    CHECK(line_of({"a b\\"}) == R"("prog" "a b\\")");
    CHECK(line_of({"a\\b", "a\\"}) == R"("prog" a\b a\)");
    CHECK(line_of({"a\\\"b c"}) == R"("prog" "a\\\"b c")");
    CHECK(line_of({"", "\t"}) == "\"prog\" \"\" \"\t\"");
}

TEST_CASE("parse_command_line splits a line as the C library does", "[promise:2.30]") {
    const std::array<std::pair<std::string_view, Words>, 12> table = {{
        {R"(prog a b)", {"prog", "a", "b"}},
        {R"("C:\a b\prog.exe"  "c d")", {R"(C:\a b\prog.exe)", "c d"}},
        {R"(p a\\\\"b c" d)", {"p", R"(a\\b c)", "d"}},
        {R"(p a\\\"b c d)", {"p", R"(a\"b)", "c", "d"}},
        {R"(p a\\\b d"e f"g h)", {"p", R"(a\\\b)", "de fg", "h"}},
        {R"(p "a""b" c)", {"p", R"(a"b)", "c"}},
        {R"(p """" x)", {"p", R"(")", "x"}},
        {R"(p "" "x)", {"p", "", "x"}},
        {R"(p """a b""")", {"p", R"("a b")"}},
        {R"(p\"a b)", {R"(p\a b)"}},
        {"p\ta\t \tb \t", {"p", "a", "b"}},
        {"", {""}},
    }};
    for (const auto& [line, words] : table) {
        INFO(line);
        CHECK(windows::parse_command_line(line) == words);
    }
}

TEST_CASE("arguments survive quoting and parsing, with any content", "[promise:2.30]") {
    std::mt19937 random(7);
    constexpr std::string_view letters = "\\\\\\\"\" \t\nab%^&|<>!\xc3\xa4";
    std::uniform_int_distribution<std::size_t> letter(0, letters.size() - 1);
    std::uniform_int_distribution<std::size_t> length(0, 8);
    for (int round = 0; round < 20'000; ++round) {
        Words words(length(random));
        for (std::string& word : words) {
            for (std::size_t left = length(random); left > 0; --left) {
                word += letters[letter(random)];
            }
        }
        const std::string line = line_of(words);
        words.insert(words.begin(), "prog");
        INFO(line);
        REQUIRE(windows::parse_command_line(line) == words);
    }
}

TEST_CASE("arguments that no line can hold are InvalidInput", "[promise:2.30]") {
    CHECK(kind_of(windows::make_command_line("a\"b", Words{})) == Kind::InvalidInput);
    CHECK(kind_of(windows::make_command_line("a\0b"sv, Words{})) == Kind::InvalidInput);
    CHECK(kind_of(windows::make_command_line("a", Words{std::string("x\0y"sv)})) == Kind::InvalidInput);
}

TEST_CASE("is_batch_file knows a batch file by its name, also with trailing dots and spaces", "[promise:2.29]") {
    for (const auto* name : {"a.bat", "A.BAT", "dir\\a.cmd", "a.b.CmD", "a.bat.", "a.bat . .", "a.cmd   ", ".bat"}) {
        INFO(name);
        CHECK(windows::is_batch_file(name));
    }
    for (const auto* name : {"a.exe", "bat", "a.bat.exe", "a.bat/x", "a.batx", "", ". .", "a.com"}) {
        INFO(name);
        CHECK_FALSE(windows::is_batch_file(name));
    }
}

TEST_CASE("no argument of a batch file becomes a command, a variable or two arguments",
          "[promise:2.29][rust:run_bat_script]") {
    CHECK(batch_line_of({"fellow Rustaceans"}) == R"(cmd.exe /e:ON /v:OFF /d /c ""a.bat" "fellow Rustaceans"")");
    const std::array<std::pair<std::string_view, std::string_view>, 14> table = {{
        {"plain", "plain"},
        {"a#$*+-./:?@_9Z", "a#$*+-./:?@_9Z"},
        {R"(C:\a\b)", R"(C:\a\b)"},
        {"", R"("")"},
        {"a b", R"("a b")"},
        {"a&calc.exe", R"("a&calc.exe")"},
        {"\"&calc.exe", R"("""&calc.exe")"},
        {"%PATH%", R"("%%cd:~,%PATH%%cd:~,%")"},
        {"a^|<>()!,;=`'~[]{}", R"("a^|<>()!,;=`'~[]{}")"},
        {R"(a\)", R"("a\\")"},
        {R"(\"x)", R"("\\""x")"},
        {R"(\\" \)", R"("\\\\"" \\")"},
        {"\t", "\"\t\""},
        {"\xc3\xa4", "\"\xc3\xa4\""},
    }};
    for (const auto& [arg, quoted] : table) {
        INFO(arg);
        CHECK(batch_arguments({std::string(arg)}) == quoted);
    }
    CHECK(must(windows::make_batch_command_line("C:\\a %x% b.bat", Words{})) ==
          R"(cmd.exe /e:ON /v:OFF /d /c ""C:\a %%cd:~,%x%%cd:~,% b.bat"")");
}

TEST_CASE("quotes in a batch file's line are even, and no percent sign is bare", "[promise:2.29]") {
    std::mt19937 random(11);
    std::uniform_int_distribution<int> letter(1, 255);
    std::uniform_int_distribution<std::size_t> length(0, 12);
    for (int round = 0; round < 20'000; ++round) {
        std::string word;
        for (std::size_t left = length(random); left > 0; --left) {
            const char drawn =
                static_cast<char>(letter(random) % 3 == 0 ? "\"%\\&"[letter(random) % 4] : letter(random));
            word += drawn == '\n' || drawn == '\r' ? ' ' : drawn;
        }
        const std::string quoted = batch_arguments({word});
        INFO(quoted);
        REQUIRE(std::ranges::count(quoted, '"') % 2 == 0);
        for (std::size_t at = quoted.find('%'); at != std::string::npos; at = quoted.find('%', at + 8)) {
            REQUIRE(quoted.substr(at, 8) == "%%cd:~,%");
        }
        // Between the quotes nothing ends them: what is special to cmd.exe is inside.
        REQUIRE((quoted == word || (quoted.starts_with('"') && quoted.ends_with('"'))));
    }
}

TEST_CASE("arguments that cmd.exe would read as something else are InvalidInput", "[promise:2.29]") {
    for (const std::string_view bad : {"a\rb"sv, "a\nb"sv, "a\0b"sv, "\r"sv}) {
        CHECK(kind_of(windows::make_batch_command_line("a.bat", Words{std::string(bad)})) == Kind::InvalidInput);
        CHECK(kind_of(windows::make_batch_command_line(bad, Words{})) == Kind::InvalidInput);
    }
    CHECK(kind_of(windows::make_batch_command_line("a\".bat", Words{})) == Kind::InvalidInput);
    CHECK(kind_of(windows::make_batch_command_line("a.bat\\", Words{})) == Kind::InvalidInput);
}
