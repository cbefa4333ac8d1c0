using Ordering.Projection;

namespace Ordering.Page;

/// <summary>All that the page shows of the shop.</summary>
internal sealed record ShopView(
    string Database, long LastPosition, IReadOnlyList<SubscriptionView> Subscriptions,
    int OrderCount, IReadOnlyList<OrderRow> Orders, IReadOnlyList<RevenueRow> Revenue,
    string MailboxFolder, int EmailCount, IReadOnlyList<EmailView> Emails);
