#include "common/order/mistakes.hpp"

#ifdef GAVEL_MUTANTS
namespace gavel::order {

Mistake& active_mistake() {
  static thread_local Mistake active = Mistake::none;
  return active;
}

}  // namespace gavel::order
#endif
