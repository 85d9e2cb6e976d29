#include "tests/sim/house/house_moments.hpp"

#include <array>

namespace gavel::sim {
namespace {
constexpr std::array<const char*, kHouseMoments> kNames = {
#define X(name, text) #name,
    GAVEL_HOUSE_MOMENTS(X)
#undef X
};
constexpr std::array<const char*, kHouseMoments> kTexts = {
#define X(name, text) text,
    GAVEL_HOUSE_MOMENTS(X)
#undef X
};
}  // namespace

const char* name_of(HouseMoment moment) { return kNames[static_cast<std::size_t>(moment)]; }
const char* text_of(HouseMoment moment) { return kTexts[static_cast<std::size_t>(moment)]; }

}  // namespace gavel::sim
