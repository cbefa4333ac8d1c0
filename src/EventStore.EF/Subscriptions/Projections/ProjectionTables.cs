using System.Data.Common;
using System.Globalization;
using EventStore.EF.Storage;
using EventStore.EF.Storage.Sql;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF.Subscriptions.Projections;

/// <summary>Checks whether the tables and views of a projection's context exist, with their columns.</summary>
internal static class ProjectionTables
{
    /// <summary>The codes of a missing column and a missing table; SQLite has none for them.</summary>
    private static readonly string[] MissingCodes = ["42703", "42P01"];

    /// <summary>
    /// Returns what the context's model has and its database lacks: the first such table, or column; <see langword="null"/> if all exist.
    /// </summary>
    /// <param name="context">The projection's context.</param>
    /// <param name="storage">The store's storage, which is in the same database.</param>
    /// <param name="ct">Cancels it.</param>
    public static async Task<string?> FirstMissingAsync(DbContext context, IStorage storage, CancellationToken ct)
    {
        await context.Database.OpenConnectionAsync(ct).ConfigureAwait(false);
        var model = context.Model.GetRelationalModel();
        foreach (var table in model.Tables)
        {
            await using var command = context.Database.GetDbConnection().Command(
                storage.Statements.Projections.HasTable, ("schema", table.Schema), ("table", table.Name));
            if (!Convert.ToBoolean(await command.ScalarAsync(ct).ConfigureAwait(false), CultureInfo.InvariantCulture))
                return $"table '{table.SchemaQualifiedName}'";
        }

        foreach (var table in model.Tables.Cast<ITableBase>().Concat(model.Views))
        {
            if (await MissingColumnAsync(context, table, storage, ct).ConfigureAwait(false) is { } said)
                return $"a column of '{table.SchemaQualifiedName}' ({said})";
        }

        return null;
    }

    /// <summary>What the database says when all columns are asked for; null if it has them, or if a right is missing to see.</summary>
    private static async Task<string?> MissingColumnAsync(
        DbContext context, ITableBase table, IStorage storage, CancellationToken ct)
    {
        var sql = context.GetService<ISqlGenerationHelper>();

        // Qualified: SQLite takes a quoted name that it doesn't know for a text.
        var columns = string.Join(", ", table.Columns.Select(column => $"t.{sql.DelimitIdentifier(column.Name)}"));
        if (columns.Length == 0)
            return null;

        try
        {
            await using var command = context.Database.GetDbConnection().Command(
                $"SELECT {columns} FROM {sql.DelimitIdentifier(table.Name, table.Schema)} AS t WHERE 1 = 0");
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            return null;
        }
        catch (DbException exception) when (exception.SqlState is { } code
            ? MissingCodes.Contains(code, StringComparer.Ordinal)
            : storage.Classify(exception) is StorageFailure.None)
        {
            return exception.Message;
        }
    }
}
