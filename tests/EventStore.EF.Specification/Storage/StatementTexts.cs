using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using EventStore.EF.Storage.Sql;

namespace EventStore.EF.Specification;

/// <summary>
/// The texts that a provider makes of the store's statements, held by a file beside its tests: a change of a word shows what it changes in both
/// databases. Where it is meant, the file is replaced by the one that the failing test has written.
/// </summary>
public static class StatementTexts
{
    private const string FileName = "Statements.sql";

    /// <summary>Compares the texts with the file beside the calling test.</summary>
    internal static void AssertAreAsHeld(StoreStatements statements, [CallerFilePath] string path = "")
    {
        var texts = Of(statements);
        var held = Path.Combine(Path.GetDirectoryName(path)!, FileName);
        if (File.Exists(held) && File.ReadAllText(held) == texts)
            return;

        var made = Path.Combine(AppContext.BaseDirectory, FileName);
        File.WriteAllText(made, texts);
        Assert.Fail($"The statements are no longer those of {held}. If that is meant, copy {made} there.");
    }

    private static string Of(StoreStatements statements)
    {
        var texts = new StringBuilder();
        foreach (var group in typeof(StoreStatements).GetProperties(BindingFlags.Instance | BindingFlags.Public))
        {
            var value = group.GetValue(statements);
            if (value is string or null)
            {
                Add(group.Name, value);
                continue;
            }

            foreach (var statement in group.PropertyType.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.PropertyType == typeof(string)))
                Add($"{group.Name}.{statement.Name}", statement.GetValue(value));
        }

        return texts.ToString();

        void Add(string name, object? text) => texts.Append("-- ").Append(name).Append('\n').Append(text ?? "-- none").Append("\n\n");
    }
}
