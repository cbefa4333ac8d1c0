namespace EventStore.EF.Faults.Tests.Fuzzing;

/// <summary>The fuzzer in short; <c>fuzz --cases 1000000</c> is the long run.</summary>
public sealed class FuzzTests
{
    private const int Cases = 10_000;

    [Fact]
    public async Task Bad_input_crashes_nothing_and_whatever_is_refused_leaves_nothing_behind()
    {
        var folder = Directory.CreateTempSubdirectory("eventstore-fuzz-");
        try
        {
            var tried = await Fuzzer.RunAsync(Fuzzer.Targets(Path.Combine(folder.FullName, "fuzz.db")), Cases, TextWriter.Null, TestContext.Current.CancellationToken);
            Assert.True(tried >= Cases);
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            folder.Delete(recursive: true);
        }
    }
}
