using EventStore.EF;

namespace Ordering.Tests;

public sealed class MailboxTests
{
    private readonly Mailbox _mailbox = new();
    private readonly Guid _orderId = Guid.CreateVersion7();

    private readonly EventContext _placed = EventContext.For(
        Order.Place(Guid.CreateVersion7(), new(new("Ada", "ada@example.com"), [new("tea-assam", 2)]), DateTimeOffset.UnixEpoch));

    [Fact]
    public async Task A_name_never_ends_its_header()
    {
        var email = await SendAsync("Ada\r\nBcc: everybody@example.com\u2028X: y <z@example.com>,\ud800 🍵");

        var header = email[..email.IndexOf("\n\n", StringComparison.Ordinal)];
        Assert.Equal(7, header.Split('\n').Length);
        Assert.All(header, character => Assert.True(character is '\n' or (>= ' ' and <= '~')));
        Assert.Contains("<ada@example.com>\nSubject: Hello\n", header);
    }

    [Fact]
    public async Task An_event_that_comes_twice_writes_one_email()
    {
        await SendAsync("Ada");
        Assert.Equal(await SendAsync("Ada"), Assert.Single(_mailbox.Read(_orderId)));
    }

    private async Task<string> SendAsync(string name)
    {
        Order order = new(_orderId, new(name, "ada@example.com"), 23, OrderStatus.Placed);
        await _mailbox.SendAsync(order, _placed, "Hello", "Hello\n", TestContext.Current.CancellationToken);
        return Assert.Single(_mailbox.Read(_orderId));
    }
}
