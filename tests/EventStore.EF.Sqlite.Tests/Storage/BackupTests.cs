using Microsoft.Data.Sqlite;

namespace EventStore.EF.Sqlite.Tests.Storage;

/// <summary>A backup is whole, and ends beside a busy writer.</summary>
public sealed class BackupTests(SqliteFixture fixture, SqliteFolder folder) : RunningSuite(fixture), IClassFixture<SqliteFixture>
{
    [Fact]
    public async Task A_backup_beside_appends_is_the_store_as_it_was_at_the_call()
    {
        await Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(20_000), Ct);
        using var appending = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var writer = Task.Run(
            async () =>
            {
                for (var number = 20_001; !appending.IsCancellationRequested; number++)
                    await Events.AppendAsync("stream", ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);
            },
            Ct);

        var (path, steps) = (folder.NewPath(), new List<SqliteBackupProgress>());
        await Events.BackupAsync(path, new Steps(steps), Ct).WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await appending.CancelAsync();
        await writer;

        Assert.Equal(steps[^1].TotalPages, steps[^1].CopiedPages);
        Assert.False(File.Exists(path + "-wal"));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!, "*.partial"));
        await using var restored = Fixture.CreateStore($"Data Source={path}");
        await restored.Host.StartAsync(Ct);
        var numbers = (await restored.Events.ReadStreamAsync("stream", cancellationToken: Ct).ToListAsync(Ct))
            .ConvertAll(@event => @event.As<Numbered>().Number);
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
        Assert.True(numbers.Count >= 20_000);
        await restored.Events.AppendAsync("stream", ExpectedVersion.At(numbers.Count), new Numbered(1), cancellationToken: Ct);
    }

    [Fact]
    public async Task A_backup_to_a_file_that_exists_or_a_folder_that_does_not_is_refused()
    {
        var path = folder.NewPath();
        await File.WriteAllTextAsync(path, "precious", Ct);
        Assert.Contains("exists already", (await Assert.ThrowsAsync<ArgumentException>(() => Events.BackupAsync(path, cancellationToken: Ct))).Message, StringComparison.Ordinal);
        Assert.Equal("precious", await File.ReadAllTextAsync(path, Ct));
        var missing = Path.Combine(folder.NewPath(), "missing", "copy.db");
        Assert.Contains("doesn't exist", (await Assert.ThrowsAsync<ArgumentException>(() => Events.BackupAsync(missing, cancellationToken: Ct))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_backup_leaves_nothing()
    {
        await Events.AppendManyAsync("stream", ExpectedVersion.NoStream, Numbered(50_000), Ct);
        var path = folder.NewPath();
        using var cancelling = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Events.BackupAsync(path, new Cancel(cancelling), cancelling.Token));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + "*"));
    }

    private sealed class Steps(List<SqliteBackupProgress> steps) : IProgress<SqliteBackupProgress>
    {
        public void Report(SqliteBackupProgress value) => steps.Add(value);
    }

    private sealed class Cancel(CancellationTokenSource source) : IProgress<SqliteBackupProgress>
    {
        public void Report(SqliteBackupProgress value) => source.Cancel();
    }
}
