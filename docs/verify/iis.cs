// Verifies the assertion of Sallyport in IIS, for every request of a site, static files included (integrated pipeline).
// .NET Framework 4.7.2 or newer; nothing beside it. References: System.Web, System.Configuration, System.Net.Http.
//
// web.config:
//   <appSettings>
//     <add key="Sallyport:Jwks" value="https://portal.example.org/.sallyport/jwks.json" />
//     <add key="Sallyport:Issuer" value="https://portal.example.org" />      the app's public origin
//     <add key="Sallyport:Audience" value="portal" />                        the app's id in Sallyport's configuration
//   </appSettings>
//   <system.webServer><modules runAllManagedModulesForAllRequests="true">
//     <add name="SallyportOnly" type="SallyportOnly" />
//   </modules></system.webServer>
using System;
using System.Collections.Generic;
using System.Configuration;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography;
using System.Security.Principal;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using System.Web;

public sealed class SallyportOnly : IHttpModule
{
    private static readonly HttpClient Http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
    private static readonly SemaphoreSlim Fetching = new SemaphoreSlim(1, 1);
    private static byte[] keys;
    private static DateTime keysReadAt = DateTime.MinValue;

    public void Init(HttpApplication application)
    {
        var helper = new EventHandlerTaskAsyncHelper(JudgeAsync);
        application.AddOnAuthenticateRequestAsync(helper.BeginEventHandler, helper.EndEventHandler);
    }

    public void Dispose() { }

    private static async Task JudgeAsync(object sender, EventArgs e)
    {
        var application = (HttpApplication)sender;
        try
        {
            var claims = await VerifyAsync(application.Request.Headers["Sallyport-Assertion"]).ConfigureAwait(false);
            application.Context.User = new GenericPrincipal(new GenericIdentity((string)claims["name"], "Sallyport"), new string[0]);
        }
        catch (Exception)
        {
            application.Context.User = null;
            application.Response.StatusCode = 403;
            application.Response.ContentType = "text/plain";
            application.Response.Write("This app is reached through Sallyport only.\n");
            application.CompleteRequest();
        }
    }

    private static async Task<IDictionary<string, object>> VerifyAsync(string header)
    {
        var key = await KeyAsync(SallyportAssertion.KeyName(header)).ConfigureAwait(false);
        using (var ecdsa = ECDsa.Create(key))
        {
            if (!ecdsa.VerifyData(SallyportAssertion.SignedBytes(header), SallyportAssertion.Signature(header), HashAlgorithmName.SHA256))
                throw new FormatException("signature");
        }
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        return SallyportAssertion.Claims(header, Setting("Issuer"), Setting("Audience"), now);
    }

    // Keys are kept for five minutes; an unknown kid asks again, at most every five seconds.
    private static async Task<ECParameters> KeyAsync(string kid)
    {
        await Fetching.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var maxAge in new[] { 300, 5 })
            {
                if (DateTime.UtcNow - keysReadAt >= TimeSpan.FromSeconds(maxAge))
                {
                    keysReadAt = DateTime.UtcNow;
                    keys = null; // when they cannot be had, there are none
                    keys = await Http.GetByteArrayAsync(Setting("Jwks")).ConfigureAwait(false);
                }
                var key = keys == null ? null : SallyportAssertion.FindKey(keys, kid);
                if (key != null) return key.Value;
            }
            throw new FormatException("unknown key");
        }
        finally { Fetching.Release(); }
    }

    private static string Setting(string name)
    {
        var value = ConfigurationManager.AppSettings["Sallyport:" + name];
        // A check without its value would be a check left out.
        return string.IsNullOrEmpty(value) ? throw new ConfigurationErrorsException("Sallyport:" + name + " is missing") : value;
    }
}

/// <summary>The rules that an assertion keeps, apart from its signature. Whatever is thrown is a refusal.</summary>
internal static class SallyportAssertion
{
    // \z, not $: in .NET a $ would let a trailing newline pass. Two header lines, joined by a comma, fail here too.
    // A signature has 64 bytes, and its last letter two bits.
    private static readonly Regex Compact =
        new Regex(@"\A[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]\z", RegexOptions.CultureInvariant);
    private static readonly string[] Texts = { "sub", "name", "realm", "sid", "jti", "acr" };
    private static readonly string[] Times = { "iat", "nbf", "exp", "auth_time" };
    private const long Life = 60; // seconds
    private const long Skew = 5; // seconds

    /// <summary>The kid of a token whose form and header are in order.</summary>
    internal static string KeyName(string token)
    {
        if (token == null || token.Length > 8192 || !Compact.IsMatch(token)) throw new FormatException("no assertion");
        var head = Part(token, 0);
        if (head.Count != 3 || !IsText(head, "kid")) throw new FormatException("members of the header");
        if (!Is(head, "alg", "ES256") || !Is(head, "typ", "sallyport-assertion+jwt")) throw new FormatException("alg or typ");
        return (string)head["kid"];
    }

    internal static byte[] SignedBytes(string token)
    {
        return Encoding.ASCII.GetBytes(token.Substring(0, token.LastIndexOf('.')));
    }

    internal static byte[] Signature(string token) { return Decode(token.Split('.')[2]); }

    /// <summary>The claims, when they are whole, for this audience and good at this moment (seconds since 1970).</summary>
    internal static IDictionary<string, object> Claims(string token, string issuer, string audience, long now)
    {
        var claims = Part(token, 1);
        if (!Is(claims, "iss", issuer) || !Is(claims, "aud", audience)) throw new FormatException("issuer or audience");
        if (!Texts.All(name => IsText(claims, name))) throw new FormatException("a claim that is missing, or no text");
        if (!Times.All(name => claims.ContainsKey(name) && claims[name] is long && (long)claims[name] > 0)) throw new FormatException("a time");
        if (!AreTexts(claims, "amr") || (claims.ContainsKey("groups") && !AreTexts(claims, "groups"))) throw new FormatException("amr or groups");
        long iat = (long)claims["iat"], nbf = (long)claims["nbf"], exp = (long)claims["exp"];
        if (exp <= iat || exp - iat > Life || nbf >= exp) throw new FormatException("a longer life than an assertion has");
        if (exp <= now - Skew) throw new FormatException("exp");
        if (Math.Max(Math.Max(iat, nbf), (long)claims["auth_time"]) > now + Skew) throw new FormatException("iat, nbf or auth_time");
        return claims;
    }

    /// <summary>The one key of that name among the published ones; null when there is none, or more than one.</summary>
    internal static ECParameters? FindKey(byte[] jwks, string kid)
    {
        var set = (List<object>)PlainJson.Read(jwks)["keys"];
        var found = set.Cast<Dictionary<string, object>>().Where(key => Fits(key, kid)).ToList();
        if (found.Count != 1) return null;
        byte[] x = Decode((string)found[0]["x"]), y = Decode((string)found[0]["y"]);
        if (x.Length != 32 || y.Length != 32) throw new FormatException("a key that is none");
        return new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
    }

    private static bool Fits(Dictionary<string, object> key, string kid)
    {
        if (!Is(key, "kid", kid) || !Is(key, "kty", "EC") || !Is(key, "crv", "P-256")) return false;
        return (!key.ContainsKey("alg") || Is(key, "alg", "ES256")) && (!key.ContainsKey("use") || Is(key, "use", "sig"));
    }

    private static Dictionary<string, object> Part(string token, int index) { return PlainJson.Read(Decode(token.Split('.')[index])); }

    /// <summary>The bytes of base64url in its one spelling.</summary>
    private static byte[] Decode(string part)
    {
        var bytes = Convert.FromBase64String(part.Replace('-', '+').Replace('_', '/') + new string('=', (4 - part.Length % 4) % 4));
        if (Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_') != part) throw new FormatException("base64url");
        return bytes;
    }

    private static bool Is(IDictionary<string, object> members, string name, string expected)
    {
        return members.TryGetValue(name, out var value) && value is string && (string)value == expected;
    }

    private static bool IsText(object value)
    {
        var text = value as string;
        return !string.IsNullOrEmpty(text) && !char.IsSeparator(text[0]) && !char.IsSeparator(text[text.Length - 1]);
    }

    private static bool IsText(IDictionary<string, object> members, string name)
    {
        return members.TryGetValue(name, out var value) && IsText(value);
    }

    private static bool AreTexts(IDictionary<string, object> members, string name)
    {
        return members.TryGetValue(name, out var value) && value is List<object> list && list.Count > 0 && list.All(IsText);
    }
}

/// <summary>
/// Reads a JSON object in the one spelling in which Sallyport writes it, and nothing that two readers could read in two
/// ways: no blanks, no member twice, plain names, whole numbers, text without control characters, at most eight levels.
/// </summary>
internal sealed class PlainJson
{
    private const int MaxDepth = 8;
    private const long MaxNumber = 9007199254740991; // 2^53 - 1
    private static readonly Regex Name = new Regex(@"\A[A-Za-z][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant);
    private readonly string text;
    private int at;

    private PlainJson(string text) { this.text = text; }

    internal static Dictionary<string, object> Read(byte[] bytes)
    {
        var json = new PlainJson(new UTF8Encoding(false, true).GetString(bytes));
        var value = json.Value(MaxDepth) as Dictionary<string, object>;
        if (value == null || json.at != json.text.Length) throw new FormatException("no object, or more than one");
        return value;
    }

    private bool Take(string word)
    {
        if (string.CompareOrdinal(text, at, word, 0, word.Length) != 0) return false;
        at += word.Length;
        return true;
    }

    private void Must(string word) { if (!Take(word)) throw new FormatException("another spelling"); }

    private object Value(int depth)
    {
        if (Take("null")) return null;
        if (Take("true")) return true;
        if (Take("false")) return false;
        if (Take("\"")) return Text();
        if (depth > 0 && Take("{")) return Members(depth - 1);
        if (depth > 0 && Take("[")) return Items(depth - 1);
        return Number();
    }

    private Dictionary<string, object> Members(int depth)
    {
        var members = new Dictionary<string, object>(StringComparer.Ordinal);
        if (Take("}")) return members;
        do
        {
            Must("\"");
            var name = Text();
            if (!Name.IsMatch(name)) throw new FormatException("a name");
            Must(":");
            members.Add(name, Value(depth)); // throws when it is there already
        }
        while (Take(","));
        Must("}");
        return members;
    }

    private List<object> Items(int depth)
    {
        var items = new List<object>();
        if (Take("]")) return items;
        do items.Add(Value(depth)); while (Take(","));
        Must("]");
        return items;
    }

    private string Text()
    {
        var result = new StringBuilder();
        while (!Take("\""))
        {
            // Two escapes are left: control characters, which would need the others, are refused.
            if (Take("\\")) { if (at == text.Length || (text[at] != '"' && text[at] != '\\')) throw new FormatException("an escape"); }
            else if (at == text.Length || char.IsControl(text[at])) throw new FormatException("text");
            result.Append(text[at++]);
        }
        return result.ToString();
    }

    private long Number()
    {
        var from = at;
        Take("-");
        var first = at;
        while (at < text.Length && text[at] >= '0' && text[at] <= '9') at++;
        var digits = at - first;
        if (digits == 0 || digits > 16 || (text[first] == '0' && (digits > 1 || first > from))) throw new FormatException("a number");
        var number = long.Parse(text.Substring(from, at - from), System.Globalization.CultureInfo.InvariantCulture);
        return Math.Abs(number) <= MaxNumber ? number : throw new FormatException("a number");
    }
}
