#include "node/services/mistakes.hpp"

#ifdef GAVEL_MUTANTS
namespace gavel::house {

Mistake& active_mistake() {
  static thread_local Mistake active = Mistake::none;
  return active;
}

}  // namespace gavel::house
#endif
