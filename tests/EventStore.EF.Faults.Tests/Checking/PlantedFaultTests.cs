namespace EventStore.EF.Faults.Tests.Checking;

/// <summary>The checker is silent about a sound history and finds whatever is planted into it.</summary>
public sealed class PlantedFaultTests
{
    [Fact]
    public void A_sound_history_has_no_violation() => Assert.Empty(HistoryChecker.Check(new(SoundHistory.Entries)));

    [Theory]
    [InlineData("Lost", "every event is delivered at least once", "lost")]
    [InlineData("Doubled", "a projection's effects happen exactly once", "doubled")]
    [InlineData("Swapped", "all subscriptions see the same order", "swapped")]
    [InlineData("Phantom", "nothing is seen that was never committed", "phantom")]
    public void What_is_planted_anywhere_is_found_and_named(string plant, string rule, string named)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var spoilt = new Planter(SoundHistory.Entries, new(seed)).Spoil(Enum.Parse<Plant>(plant));
            var violation = Assert.Single(HistoryChecker.Check(new(spoilt)), violation => violation.Rule == rule);
            Assert.Contains(named, violation.What, StringComparison.Ordinal);
            Assert.NotEmpty(violation.Trace);
        }
    }
}
