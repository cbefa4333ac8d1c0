using EventStore.EF.PostgreSQL.Tests.Order.Exploration;
using EventStore.EF.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.PostgreSQL.Tests.Order.Stepping;

/// <summary>
/// A reader asks in several statements. What appenders and other readers do between any two of them, or between an answer and its use,
/// must not make it skip anything.
/// </summary>
public sealed class BetweenStatementsTests(PostgreSqlFixture fixture) : StoreSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private const string Prefix = "stepped";

    /// <summary>A page is read by three statements, with a boundary behind each.</summary>
    private const int PageBoundaries = 3;

    /// <summary>No read has more places than this: a page, seven looks and a page again have under 30.</summary>
    private const int MostBoundaries = 60;

    public static MatrixTheoryData<string, int, bool> Cases => new(
        [nameof(AnAppenderBeginsAndALaterOneCommits), nameof(TheHolderCommitsAndAnotherReaderProvesIt), nameof(TheHolderIsPrepared), nameof(TheHolderRollsBackAndAnotherOneBegins)],
        [1, 3], [false, true]);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Nothing_that_happens_between_two_statements_makes_a_reader_skip_an_event(string what, int pageSize, bool isFiltered)
    {
        await using var proxy = new SteppingProxy(Database.ConnectionString);
        await using var store = Fixture.CreateStore(
            proxy.ConnectionString, builder => builder.Services.AddSingleton<TimeProvider>(new HurriedTime()));
        var storage = store.Host.Services.GetRequiredService<IStorage>();
        var filter = isFiltered ? EventFilter.StreamPrefix(Prefix) : EventFilter.All;
        var committed = new List<long>();
        if (what == nameof(TheHolderIsPrepared))
            await Database.RequirePreparedTransactionsAsync();

        var boundary = 0;
        for (var isHeld = true; isHeld; boundary++)
        {
            Assert.InRange(boundary, 0, MostBoundaries);
            committed.Clear();

            // All that there is so far is settled for this process: what is looked at is the one gap, and whoever reads over it without a
            // gap raises the settled position too.
            var start = await AppendAsync();
            committed.Clear();
            var warming = new Cursor(storage, 1000, EventFilter.All);
            await warming.ReadOnAsync();
            Assert.Equal(start, warming.Position);
            var reader = new Cursor(storage, pageSize, filter) { Position = start };
            var other = new Cursor(storage, pageSize, filter) { Position = start };
            await reader.ReadOnAsync();

            await using var scene = Scene(what, other, committed);
            await scene.SetAsync();
            var hold = proxy.HoldAt(boundary);
            var reading = reader.ReadOnAsync();
            isHeld = await Task.WhenAny(reading, hold.Reached) == hold.Reached;
            await scene.PlayAsync(boundary < PageBoundaries);
            hold.Release();
            await reading;
            await reader.ReadOnAsync();
            await scene.EndAsync();
            await AppendAsync();
            await reader.ReadOnAsync();
            await other.ReadOnAsync();

            Assert.True(
                committed.Order().SequenceEqual(reader.Read),
                $"Held at boundary {boundary}, {what}: committed {string.Join(' ', committed.Order())}, read {string.Join(' ', reader.Read)}.");
            Assert.True(committed.Order().SequenceEqual(other.Read), $"Boundary {boundary}, {what}: another reader has read {string.Join(' ', other.Read)}.");
        }

        // Each of these begins with a page that ends at a gap, and a look.
        Assert.InRange(boundary, 2 * PageBoundaries, MostBoundaries);

        async Task<long> AppendAsync()
        {
            var position = (await Events.AppendAsync(NewStream(Prefix), ExpectedVersion.NoStream, new Numbered(2), cancellationToken: Ct)).LastPosition;
            committed.Add(position);
            return position;
        }

        Scene Scene(string name, Cursor otherReader, List<long> all) => name switch
        {
            nameof(AnAppenderBeginsAndALaterOneCommits) => new AnAppenderBeginsAndALaterOneCommits(Database.ConnectionString, AppendAsync, otherReader, all),
            nameof(TheHolderCommitsAndAnotherReaderProvesIt) => new TheHolderCommitsAndAnotherReaderProvesIt(Database.ConnectionString, AppendAsync, otherReader, all),
            nameof(TheHolderIsPrepared) => new TheHolderIsPrepared(Database.ConnectionString, AppendAsync, otherReader, all),
            _ => new TheHolderRollsBackAndAnotherOneBegins(Database.ConnectionString, AppendAsync, otherReader, all),
        };
    }

    /// <summary>What is there before the reader asks, what happens while it is held, and what ends it.</summary>
    private abstract class Scene(string connectionString, Func<Task<long>> append, Cursor other, List<long> committed) : IAsyncDisposable
    {
        private readonly List<OpenTransaction> _opened = [];

        protected Func<Task<long>> AppendAsync => append;

        protected Cursor Other => other;

        public abstract Task SetAsync();

        /// <param name="isInPage">Whether the reader is held while it reads its first page: later it is proving, and others who would prove wait for it.</param>
        public abstract Task PlayAsync(bool isInPage);

        public abstract Task EndAsync();

        public async ValueTask DisposeAsync()
        {
            foreach (var transaction in _opened)
                await transaction.DisposeAsync();
        }

        protected async Task<(OpenTransaction Transaction, long Position)> OpenAsync()
        {
            var transaction = await OpenTransaction.BeginAsync(connectionString);
            _opened.Add(transaction);
            return (transaction, await transaction.AppendAsync(NewStream(Prefix), 1));
        }

        protected async Task CommitAsync((OpenTransaction Transaction, long Position) open)
        {
            await open.Transaction.CommitAsync();
            committed.Add(open.Position);
        }

        protected void Committed(long position) => committed.Add(position);
    }

    /// <summary>A gap is dead, and nobody holds the lock: until just then somebody takes it, and a later one commits.</summary>
    private sealed class AnAppenderBeginsAndALaterOneCommits(string connectionString, Func<Task<long>> append, Cursor other, List<long> committed)
        : Scene(connectionString, append, other, committed)
    {
        private (OpenTransaction, long) _late;

        public override async Task SetAsync()
        {
            await (await OpenAsync()).Transaction.RollbackAsync();
            await AppendAsync();
        }

        public override async Task PlayAsync(bool isInPage)
        {
            _late = await OpenAsync();
            await AppendAsync();
        }

        public override Task EndAsync() => CommitAsync(_late);
    }

    /// <summary>What another reader learns meanwhile is no knowledge about a page that was read before.</summary>
    private sealed class TheHolderCommitsAndAnotherReaderProvesIt(string connectionString, Func<Task<long>> append, Cursor other, List<long> committed)
        : Scene(connectionString, append, other, committed)
    {
        private (OpenTransaction, long) _holder;
        private Task _otherReading = Task.CompletedTask;

        public override async Task SetAsync()
        {
            _holder = await OpenAsync();
            await AppendAsync();
        }

        public override async Task PlayAsync(bool isInPage)
        {
            await CommitAsync(_holder);
            _otherReading = Other.ReadOnAsync();
            if (isInPage)
                await _otherReading;
        }

        public override Task EndAsync() => _otherReading;
    }

    /// <summary>Its virtual transaction loses its process between two looks.</summary>
    private sealed class TheHolderIsPrepared(string connectionString, Func<Task<long>> append, Cursor other, List<long> committed)
        : Scene(connectionString, append, other, committed)
    {
        private readonly string _name = $"stepped-{Guid.NewGuid():N}";
        private (OpenTransaction Transaction, long Position) _holder;

        public override async Task SetAsync()
        {
            _holder = await OpenAsync();
            await AppendAsync();
        }

        public override Task PlayAsync(bool isInPage) => _holder.Transaction.ExecuteAsync($"PREPARE TRANSACTION '{_name}'");

        public override async Task EndAsync()
        {
            await _holder.Transaction.ExecuteAsync($"COMMIT PREPARED '{_name}'");
            Committed(_holder.Position);
        }
    }

    /// <summary>One gap dies and the next one opens while the reader proves the first.</summary>
    private sealed class TheHolderRollsBackAndAnotherOneBegins(string connectionString, Func<Task<long>> append, Cursor other, List<long> committed)
        : Scene(connectionString, append, other, committed)
    {
        private (OpenTransaction Transaction, long Position) _holder;
        private (OpenTransaction, long) _late;

        public override async Task SetAsync()
        {
            _holder = await OpenAsync();
            await AppendAsync();
        }

        public override async Task PlayAsync(bool isInPage)
        {
            await _holder.Transaction.RollbackAsync();
            _late = await OpenAsync();
            await AppendAsync();
        }

        public override Task EndAsync() => CommitAsync(_late);
    }
}
