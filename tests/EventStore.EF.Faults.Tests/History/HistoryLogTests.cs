namespace EventStore.EF.Faults.Tests.Histories;

/// <summary>What is written is what is read.</summary>
public sealed class HistoryLogTests
{
    public static TheoryData<string> Lines => [.. SoundHistory.Entries.Concat(Others).Select(HistoryLine.Write).Distinct()];

    private static IEnumerable<HistoryEntry> Others =>
    [
        new FaultBegan(1, "cut", "the\tserver\nis away"), new FaultEnded(2, "cut", ""), new WentBack(3, 2), new ServerCrashed(4, 3), new LossReported(4, "p1", "subscription 'audit' is ahead"),
        new Refused(5, "a-9", "rolled back"), new Failed(6, "troubled", "s1", SoundHistory.Ids[0]), new Parked(7, "troubled", SoundHistory.Ids[0]),
        new Joined(8, "newcomer-s1"), new Committing(9, "b-2"), new RowLocked(10, 9, "audit"),
    ];

    [Theory]
    [MemberData(nameof(Lines))]
    public void Every_kind_of_line_is_read_as_it_was_written(string line) => Assert.Equal(line, HistoryLine.Write(HistoryLine.Read(line)));

    [Theory]
    [InlineData("")]
    [InlineData("1\tnonsense\tx")]
    [InlineData("x\tunknown\ta\tb")]
    public void What_is_no_line_is_refused(string line) => Assert.Throws<FormatException>(() => HistoryLine.Read(line));

    [Fact]
    public async Task A_line_that_was_cut_off_by_a_kill_is_left_out()
    {
        var folder = Directory.CreateTempSubdirectory("eventstore-history-");
        try
        {
            await using (var log = new HistoryLog(Path.Combine(folder.FullName, "w1.history")))
                await log.WriteAsync(new Unknown(1, "w1-1", "cut"));

            await File.AppendAllTextAsync(Path.Combine(folder.FullName, "w1.history"), "2\tunknown\tw1-", TestContext.Current.CancellationToken);
            Assert.Equal([new Unknown(1, "w1-1", "cut")], global::EventStore.EF.Faults.History.Read(folder.FullName).Entries);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
