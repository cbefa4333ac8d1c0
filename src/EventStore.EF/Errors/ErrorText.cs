using System.Reflection;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace EventStore.EF.Errors;

/// <summary>The text used to store, log and pass on an exception: it names the innermost cause, and every database can store it.</summary>
/// <remarks>
/// Exceptions come from the application, so a message may be missing, huge, not valid Unicode, or throw when it is read. No method here
/// throws.
/// </remarks>
internal static class ErrorText
{
    /// <summary>The maximum number of characters stored for an error.</summary>
    public const int MostCharacters = 4000;

    private const string Cut = "… (cut)";

    /// <summary>The maximum number of causes listed; more of them add no information.</summary>
    private const int MostCauses = 5;

    /// <summary>Type and message of an exception and of its innermost cause, without wrappers that add no information.</summary>
    public static string Describe(Exception exception)
    {
        var told = Unwrap(exception);
        var text = $"{told.GetType()}: {MessageOf(told)}";
        if (told is AggregateException { InnerExceptions.Count: > 1 } several)
            return Keepable($"{told.GetType()}: {string.Join(" | ", several.InnerExceptions.Take(MostCauses).Select(Cause))}");

        return Keepable(told.InnerException is null ? text : $"{text} Caused by {Cause(told)}");
    }

    /// <summary>The exception's message, or a substitute if it is missing or can't be read.</summary>
    public static string MessageOf(Exception exception)
    {
        try
        {
            return exception.Message is { Length: > 0 } message ? message : "(without message)";
        }
        catch (Exception thrown)
        {
            return $"(its message can't be read: {thrown.GetType()})";
        }
    }

    /// <summary>The innermost exception.</summary>
    public static Exception Innermost(Exception exception)
    {
        var cause = exception;
        while (cause.InnerException is { } inner)
            cause = inner;

        return cause;
    }

    /// <summary>
    /// The text in a form that every database can store: U+FFFD replaces U+0000 and each lone surrogate, and the length is at most
    /// <see cref="MostCharacters"/> characters.
    /// </summary>
    public static string Keepable(string text)
    {
        var kept = text;
        if (kept.Length > MostCharacters)
        {
            var length = MostCharacters - Cut.Length;
            kept = kept[..(char.IsHighSurrogate(kept[length - 1]) ? length - 1 : length)] + Cut;
        }

        if (!kept.Contains('\0', StringComparison.Ordinal) && WellFormed.IndexOfLoneSurrogate(kept) < 0)
            return kept;

        var builder = new StringBuilder(kept.Length);
        foreach (var rune in kept.EnumerateRunes())
            builder.Append(rune.Value == 0 ? Rune.ReplacementChar.ToString() : rune.ToString());

        return builder.ToString();
    }

    /// <summary>The same for a database whose encoding supports only ASCII.</summary>
    public static string Ascii(string text) => string.Create(text.Length, text, static (ascii, original) =>
    {
        for (var index = 0; index < original.Length; index++)
            ascii[index] = char.IsAscii(original[index]) && original[index] != '\0' ? original[index] : '?';
    });

    /// <summary>An exception that a logger can print: the exception itself, or a substitute if its text can't be read.</summary>
    public static Exception Loggable(Exception exception)
    {
        try
        {
            _ = exception.ToString();
            return exception;
        }
        catch (Exception)
        {
            return new UnreadableException(Describe(exception));
        }
    }

    private static string Cause(Exception exception)
    {
        var cause = Innermost(exception);
        return $"{cause.GetType()}: {MessageOf(cause)}";
    }

    private static Exception Unwrap(Exception exception)
    {
        var told = exception;
        while (told.InnerException is { } inner && SaysNothing(told))
            told = inner;

        return told;
    }

    private static bool SaysNothing(Exception exception)
        => exception is AggregateException { InnerExceptions.Count: 1 } or TargetInvocationException or TypeInitializationException
            or DbUpdateException or RetryLimitExceededException or IWrapperException;

    /// <summary>A substitute for an exception whose text can't be read.</summary>
    private sealed class UnreadableException(string text) : Exception(text);
}
