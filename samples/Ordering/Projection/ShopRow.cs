namespace Ordering.Projection;

/// <summary>The one row of the shop itself, made with the tables.</summary>
internal sealed class ShopRow
{
    public int Id { get; init; }

    /// <summary>Names the mailbox: e-mails of a database that was thrown away must not turn up in the next one's.</summary>
    public required string Mailbox { get; init; }
}
