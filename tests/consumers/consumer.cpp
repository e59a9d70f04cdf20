// The same as consumer.c from C++17: the headers are C++ as they are, and errors can become exceptions in one line.
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <vector>

#include <retain/retain.h>

namespace
{

void check(retain_status status, const retain_context &context)
{
    if (status != RETAIN_OK)
        throw std::runtime_error(context.error);
}

std::vector<std::int64_t> jalali_months(std::int64_t first, std::int64_t last)
{
    retain_context context = RETAIN_CONTEXT_INIT;
    retain_calendar_options options{};
    std::size_t count = 0;

    options.struct_size = sizeof options;
    options.calendar = RETAIN_CALENDAR_JALALI;
    retain_calendar_edges(&context, first, last, &options, nullptr, 0, &count);
    std::vector<std::int64_t> edges(count);
    check(retain_calendar_edges(&context, first, last, &options, edges.data(), edges.size(), &count), context);
    return edges;
}

} // namespace

int main()
{
    const auto edges = jalali_months(19802, 20166); // 2024-03-20 to 2025-03-19: 1403
    bool refused = false;

    try {
        jalali_months(1, 0);
    } catch (const std::runtime_error &error) {
        refused = std::string(error.what()).find("first_day") == 0;
    }
    std::cout << "libretain " << retain_version() << ": " << edges.size() << " edges\n";
    return edges.size() == 13 && edges.front() == 19802 && refused ? 0 : 1;
}
