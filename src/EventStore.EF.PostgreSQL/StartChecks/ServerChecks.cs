using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace EventStore.EF.PostgreSQL.StartChecks;

/// <summary>Checks the server when the host starts, in one round trip. Nothing is checked again later.</summary>
internal static class ServerChecks
{
    public static async Task RunAsync(EventStoreDbContext context, string? writer, CancellationToken ct)
    {
        var settings = await ReadAsync(context, ct).ConfigureAwait(false);
        VersionCheck.Check(settings);
        EncodingCheck.Check(settings);
        IsolationCheck.Check(settings);
        WritableCheck.Check(settings, writer);
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
