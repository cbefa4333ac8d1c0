namespace Ordering.Tests;

public sealed class OrderTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private static readonly Customer Ada = new("Ada", "ada@example.com");

    // By number: half of a surrogate pair doesn't survive in the arguments of an attribute.
    [Theory]
    [InlineData(0x0000)]
    [InlineData(0x000A)]
    [InlineData(0x0085)]
    [InlineData(0x2028)]
    [InlineData(0x2029)]
    [InlineData(0xD800)]
    [InlineData(0xDC00)]
    public void A_text_with_a_line_separator_control_character_or_half_a_surrogate_pair_is_refused(int character)
    {
        var text = $"Ada{(char)character}Subject: free tea";

        Refused(() => Place(Ada with { Name = text }));
        Refused(() => Place(Ada with { Email = $"ada{(char)character}@example.com" }));
        Refused(() => Placed(OrderStatus.Placed).Cancel(new(text), Now));
        Refused(() => Placed(OrderStatus.Paid).Ship(new(text), Now));
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused()
    {
        Refused(() => Place(Ada with { Name = new('x', 101) }));
        Refused(() => Place(Ada with { Email = $"{new string('x', 250)}@example.com" }));
        Refused(() => Placed(OrderStatus.Placed).Cancel(new(new string('x', 501)), Now));
        Refused(() => Placed(OrderStatus.Paid).Ship(new(new string('x', 51)), Now));
    }

    [Theory]
    [InlineData("Zoë Łukasiewicz")]
    [InlineData("李小龙")]
    [InlineData("Ada 🍵")]
    [InlineData("Ada, \"the countess\" <ada>")]
    public void A_name_may_be_of_any_script(string name) => Assert.Equal(name, Place(Ada with { Name = name }).Customer.Name);

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("ada")]
    [InlineData("Ada <ada@example.com>")]
    [InlineData("ada@example.com, bo@example.com")]
    public void What_is_not_one_address_is_refused(string email) => Refused(() => Place(Ada with { Email = email }));

    [Fact]
    public void A_paid_order_is_cancelled_with_a_refund()
        => Assert.Equal([new OrderCancelled(default, 23, "Sorry!", Now)], Placed(OrderStatus.Paid).Cancel(new("Sorry!"), Now));

    [Fact]
    public void A_shipped_order_is_not_cancelled()
        => Assert.True(Assert.Throws<RuleViolationException>(() => Placed(OrderStatus.Shipped).Cancel(new(), Now)).IsConflict);

    private static OrderPlaced Place(Customer customer) => Order.Place(Guid.CreateVersion7(), new(customer, [new("tea-assam", 2)]), Now);

    private static Order Placed(OrderStatus status) => new(default, Ada, 23, status);

    private static void Refused(Func<object> decide) => Assert.False(Assert.Throws<RuleViolationException>(decide).IsConflict);
}
