using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EventStore.EF.PostgreSQL;

/// <summary>All that is checked when the host starts, in one round trip. Nothing of it is asked again later.</summary>
internal static class ServerChecks
{
    public static async Task RunAsync(EventStoreDbContext context, EventStoreRegistration store, CancellationToken ct)
    {
        var settings = await ReadAsync(context, ct).ConfigureAwait(false);
        VersionCheck.Check(settings);
        EncodingCheck.Check(settings);
        IsolationCheck.Check(settings);
        WritableCheck.Check(settings, store);
    }

    private static async Task<ServerSettings> ReadAsync(EventStoreDbContext context, CancellationToken ct)
    {
        await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
        try
        {
            return await ServerSettings.ReadAsync((NpgsqlConnection)context.Database.GetDbConnection(), ct).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (StatementPoolCheck.IsRefusal(exception))
        {
            throw StatementPoolCheck.Refuse(exception);
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }
}
