namespace EventStore.EF.PostgreSQL.Tests.Order.Exploration;

/// <summary>
/// Appenders held open at each point, in all orders of their steps, against readers with pages of one, two and three events, with and
/// without a filter: see <see cref="Explorer"/> for what is asserted after each step.
/// </summary>
[Collection(typeof(OwnServerCollection))]
public sealed class InterleavingTests(OwnServerFixture fixture) : StoreSpecification(fixture)
{
    /// <summary>Explored side by side, each in a database of its own.</summary>
    private const int Lanes = 3;

    [Fact]
    public Task Two_appenders_of_whatever_fates_in_whatever_order()
        => ExploreAsync(expectedCount: 727, Orders.Choices(2, Enum.GetValues<Fate>()).SelectMany(Orders.Of));

    /// <summary>
    /// Three have more orders than there is time for. Those are left out that differ for nobody: to readers and to each other, an
    /// appender held before its lock, before its row or in its commit is one that commits, and a killed one is one that rolls back.
    /// </summary>
    [Fact]
    public Task Three_appenders_in_whatever_order()
        => ExploreAsync(expectedCount: 120 + 315 + 105, [
            .. Orders.Choices(3, Fate.Commits, Fate.RollsBack).SelectMany(Orders.Of),
            .. Orders.Of(Fate.Commits, Fate.Commits, Fate.IsPreparedAndCommitted),
            .. Orders.Of(Fate.Commits, Fate.RollsBack, Fate.IsPreparedAndCommitted),
            .. Orders.Of(Fate.Commits, Fate.Commits, Fate.UndoesASavepoint),
        ]);

    private async Task ExploreAsync(int expectedCount, IEnumerable<ExploredOrder> explored)
    {
        var orders = explored.ToArray();
        Assert.Equal(expectedCount, orders.Length);
        await Task.WhenAll(orders.Select((order, index) => (order, index)).GroupBy(numbered => numbered.index % Lanes, numbered => numbered.order).Select(
            connection => Task.Run(
                async () =>
                {
                    await using var explorer = await Explorer.CreateAsync(Fixture);
                    foreach (var order in connection)
                        await explorer.ExploreAsync(order);

                    await explorer.EndAsync();
                },
                Ct)));
    }
}
