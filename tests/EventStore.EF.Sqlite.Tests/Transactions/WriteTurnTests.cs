using System.Diagnostics;
using EventStore.EF.Sqlite.Append;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Sqlite.Tests.Transactions;

/// <summary>The application's own transactions on the store's file get their turn beside appends without end.</summary>
public sealed class WriteTurnTests(SqliteFixture fixture) : RunningSuite(fixture), IClassFixture<SqliteFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Saving_beside_appends_without_end_waits_for_no_more_than_a_few_of_them(bool isSynchronous)
    {
        await Database.ExecuteAsync("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
        await using var store = Create();
        using var appending = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var appends = Enumerable.Range(0, 20).Select(index => Task.Run(
            async () =>
            {
                for (var number = 1; !appending.IsCancellationRequested; number++)
                    await store.Events.AppendAsync($"stream-{index}", ExpectedVersion.At(number - 1), new Numbered(number), cancellationToken: Ct);
            },
            Ct)).ToArray();

        var waits = new List<TimeSpan>();
        for (var round = 0; round < 100; round++)
        {
            await using var scope = store.Host.Services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<NoteContext>();
            context.Notes.Add(new() { Text = $"{round}" });
            var since = Stopwatch.GetTimestamp();
            if (isSynchronous)
                await Task.Run(() => context.SaveChanges(), Ct);
            else
                await context.SaveChangesAsync(Ct);

            waits.Add(Stopwatch.GetElapsedTime(since));
            Assert.Equal(AutoTransactionBehavior.WhenNeeded, context.Database.AutoTransactionBehavior);
        }

        await appending.CancelAsync();
        await Task.WhenAll(appends);
        waits.Sort();
        TestContext.Current.SendDiagnosticMessage($"p50 {waits[50].TotalMilliseconds:F1} ms, p99 {waits[98].TotalMilliseconds:F1} ms, worst {waits[^1].TotalMilliseconds:F1} ms");
        Assert.InRange(waits[98], TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
        Assert.Equal(100, await Database.ScalarAsync<long>("SELECT count(*) FROM notes"));
    }

    [Fact]
    public async Task A_transaction_that_is_forgotten_delays_appends_for_a_second_at_most()
    {
        await Database.ExecuteAsync("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
        await using var store = Create();
        await using var scope = store.Host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<NoteContext>();
        await context.Database.OpenConnectionAsync(Ct);
        await using (await context.Database.BeginTransactionAsync(Ct))
        {
            // Disposed without commit or rollback.
        }

        await store.Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct).WaitAsync(TimeSpan.FromSeconds(5), Ct);
        await store.Events.AppendAsync("stream", ExpectedVersion.At(1), new Numbered(2), cancellationToken: Ct).WaitAsync(TimeSpan.FromSeconds(5), Ct);
    }

    [Fact]
    public async Task A_transaction_of_the_application_and_its_appends_commit_together()
    {
        await Database.ExecuteAsync("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
        await using var store = Create();
        await using var scope = store.Host.Services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<NoteContext>();
        await using var transaction = await context.Database.BeginTransactionAsync(Ct);
        context.Notes.Add(new() { Text = "note" });
        await context.SaveChangesAsync(Ct);
        var other = store.Events.AppendAsync("other", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await store.Events.WithTransaction(Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(transaction))
            .AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await transaction.CommitAsync(Ct);
        await other.WaitAsync(TimeSpan.FromSeconds(10), Ct);
        await AssertNumbersAsync("stream", 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_context_takes_turns_whenever_the_database_is_chosen(bool isLate)
    {
        await using var store = TestStore.Registered(services =>
        {
            services.AddDbContext<NoteContext>(context => context.UseSqlite(Database.ConnectionString));
            services.AddEventStore(store => store.UseSqlite(isLate ? "Data Source=unused.db" : Database.ConnectionString));
            if (isLate)
                services.ConfigureEventStore((_, store) => store.UseSqlite(Database.ConnectionString));
        });
        await using var scope = store.Host.Services.CreateAsyncScope();

        var options = scope.ServiceProvider.GetRequiredService<DbContextOptions<NoteContext>>();

        Assert.Contains(WriteTurnInterceptor.Instance, options.FindExtension<CoreOptionsExtension>()!.Interceptors!);
    }

    private TestStore Create() => Fixture.CreateStore(Database, builder => builder.Services.AddDbContext<NoteContext>(
        context => context.UseSqlite(Database.ConnectionString)));
}

/// <summary>A context of the application's on the store's file.</summary>
public sealed class NoteContext(DbContextOptions<NoteContext> options) : DbContext(options)
{
    /// <summary>Its rows.</summary>
    public DbSet<Note> Notes => Set<Note>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<Note>(note =>
        {
            note.ToTable("notes");
            note.Property(row => row.Id).HasColumnName("id");
            note.Property(row => row.Text).HasColumnName("text");
        });
    }
}

/// <summary>A row of the application's.</summary>
public sealed class Note
{
    /// <summary>Its key.</summary>
    public int Id { get; set; }

    /// <summary>What it says.</summary>
    public string Text { get; set; } = "";
}
