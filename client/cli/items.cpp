// items add, items list.
#include "client/cli/commands.hpp"
#include "client/cli/rows.hpp"

namespace gavel::cli {
namespace {

struct AddOptions {
  std::string id, title, seller, start, increment = "1", currency;
};

void add_item(Context& context, const AddOptions& options) {
  const Currency currency = options.currency.empty() ? Currency{} : read_currency(options.currency);
  directory::AddItem item;
  item.id = options.id;
  item.title = options.title;
  item.seller = options.seller.empty() ? context.settings.as : options.seller;
  item.start_price = read_amount(options.start, currency);
  item.increment = read_amount(options.increment, item.start_price.currency);
  const auto added = context.house().add(item);
  context.output().record({{"id", added.id},
                           {"title", item.title},
                           {"start_price", format(item.start_price)},
                           {"increment", format(item.increment)},
                           {"seller", item.seller}},
                          added.id + " is on offer from " + format(item.start_price) + "; start it with: gavel start " +
                              added.id + " --for 60s");
}

void list_items(Context& context) {
  Section section = items_section();
  for (const auto& item : context.house().items()) section.rows.push_back(row(item));
  context.output().list(section);
}

}  // namespace

void add_item_commands(CLI::App& app, Context& context) {
  auto* items = app.add_subcommand("items",
                                   "The catalogue: add an item, list what there is\n\n"
                                   "Examples:\n"
                                   "  gavel items list\n"
                                   "  gavel items add \"A lamp\" --start 20.00");
  items->require_subcommand(0, 1);
  items->callback([&context] {
    if (!context.action) context.action = [&context] { list_items(context); };
  });

  auto* add = items->add_subcommand("add",
                                    "Put an item on offer\n\n"
                                    "Examples:\n"
                                    "  gavel items add \"A lamp\" --start 20.00\n"
                                    "  gavel items add \"A lamp\" --start 20.00 --increment 0.50 --id lot-7");
  auto options = std::make_shared<AddOptions>();
  add->add_option("TITLE", options->title, "What it is")->required();
  add->add_option("--start", options->start, "Start price, e.g. 20.00 or \"20.00 USD\"")->required();
  add->add_option("--increment", options->increment, "Least step between bids")->capture_default_str();
  add->add_option("--currency", options->currency, "Currency of amounts that name none (default: EUR)");
  add->add_option("--id", options->id, "Its id, e.g. lot-7 (default: the next free lot-N)");
  add->add_option("--seller", options->seller, "Who sells it (default: --as)");
  add->callback([&context, options] { context.action = [&context, options] { add_item(context, *options); }; });

  auto* list = items->add_subcommand("list",
                                     "List all items\n\n"
                                     "Examples:\n"
                                     "  gavel items list -o jsonl");
  list->callback([&context] { context.action = [&context] { list_items(context); }; });
}

}  // namespace gavel::cli
