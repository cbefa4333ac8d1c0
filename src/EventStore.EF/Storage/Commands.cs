using System.Data.Common;

namespace EventStore.EF.Storage;

/// <summary>Extension methods for ADO.NET.</summary>
internal static class Commands
{
    public static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>Creates a command in an open transaction.</summary>
    public static DbCommand Command(
        this DbTransaction transaction, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = transaction.Connection!.Command(sql, parameters);
        command.Transaction = transaction;
        return command;
    }

    /// <summary>
    /// Reads the rest of an answer. Call it before relying on anything in the answer: only then has the database reported every error. A
    /// statement may fail after its rows, while it commits, and an Npgsql reader that is only disposed swallows that error if the cause was
    /// a cancellation or a time-out (NpgsqlDataReader.Close).
    /// </summary>
    public static async Task EndAsync(this DbDataReader reader, CancellationToken ct)
    {
        while (await reader.NextResultAsync(ct).ConfigureAwait(false))
        {
            // Only the first result is used.
        }
    }

    /// <summary>Returns the first value of the answer, which is read to its end; <see langword="null"/> if there is none.</summary>
    public static async Task<object?> ScalarAsync(this DbCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        var value = await reader.ReadAsync(ct).ConfigureAwait(false) ? reader.GetValue(0) : null;
        await reader.EndAsync(ct).ConfigureAwait(false);
        return value;
    }

    /// <summary>Runs a statement in an open transaction.</summary>
    /// <returns>The number of changed rows.</returns>
    public static async Task<int> ExecuteAsync(
        this DbTransaction transaction, string sql, CancellationToken ct, params (string Name, object? Value)[] parameters)
    {
        await using var command = transaction.Command(sql, parameters);
        return await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }
}
