namespace EventStore.EF.Specification;

/// <summary>A defect of links in the system that this one re-implements, which may not come back. It is numbered as there.</summary>
public abstract class LinkDefectsSpecification(StoreFixture fixture) : LinkSuite(fixture)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Defect_5_an_unknown_id_among_known_ones_fails_the_call_and_links_nothing(int place)
    {
        var (source, target, unknown) = (await StreamAsync(2), (await StreamAsync(1))[0].StreamName, Guid.NewGuid());
        var ids = Ids(source).ToList();
        ids.Insert(place, unknown);
        foreach (var into in (StreamName[])[target, NewStream()])
        {
            var exception = await ThrowsAndWritesNothingAsync<EventNotFoundException>(() => Events.LinkAsync(into, ExpectedVersion.Any, ids, Ct));
            Assert.Equal((unknown, into), (exception.EventId, exception.Target));
            Assert.Contains(unknown.ToString(), exception.Message, StringComparison.Ordinal);
        }

        await AssertNumbersAsync(target, 1);
        Assert.Equal(3, (await Events.LinkAsync(target, 1, source, Ct)).StreamVersion);
    }

    [Fact]
    public async Task Defect_5_the_first_of_several_unknown_ids_is_named()
    {
        var (source, first, second) = (await StreamAsync(1), Guid.NewGuid(), Guid.NewGuid());
        var exception = await ThrowsAndWritesNothingAsync<EventNotFoundException>(
            () => Events.LinkAsync(NewStream(), ExpectedVersion.Any, [source[0].EventId, second, first], Ct));
        Assert.Equal(second, exception.EventId);
    }
}
