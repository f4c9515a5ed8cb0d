#include "detect/ports.h"

#include "base/status.h"

static const struct {
	unsigned port;
	const char *name;
} names[] = {
	{ 20, "ftp-data" },
	{ 21, "ftp" },
	{ 22, "ssh" },
	{ 23, "telnet" },
	{ 25, "smtp" },
	{ 53, "dns" },
	{ 69, "tftp" },
	{ 80, "http" },
	{ 88, "kerberos" },
	{ 110, "pop3" },
	{ 111, "rpcbind" },
	{ 123, "ntp" },
	{ 135, "msrpc" },
	{ 137, "netbios-ns" },
	{ 139, "netbios-ssn" },
	{ 143, "imap" },
	{ 161, "snmp" },
	{ 389, "ldap" },
	{ 443, "https" },
	{ 445, "smb" },
	{ 465, "smtps" },
	{ 500, "isakmp" },
	{ 514, "syslog" },
	{ 587, "submission" },
	{ 636, "ldaps" },
	{ 853, "dns-over-tls" },
	{ 873, "rsync" },
	{ 993, "imaps" },
	{ 995, "pop3s" },
	{ 1080, "socks" },
	{ 1194, "openvpn" },
	{ 1433, "mssql" },
	{ 1521, "oracle" },
	{ 1883, "mqtt" },
	{ 2049, "nfs" },
	{ 2375, "docker" },
	{ 2376, "docker-tls" },
	{ 2379, "etcd" },
	{ 2380, "etcd-peer" },
	{ 3128, "squid" },
	{ 3306, "mysql" },
	{ 3333, "stratum" },
	{ 3389, "rdp" },
	{ 4222, "nats" },
	{ 4444, "metasploit" },
	{ 5060, "sip" },
	{ 5432, "postgresql" },
	{ 5439, "redshift" },
	{ 5555, "adb" },
	{ 5601, "kibana" },
	{ 5671, "amqps" },
	{ 5672, "amqp" },
	{ 5900, "vnc" },
	{ 5985, "winrm" },
	{ 5986, "winrm-tls" },
	{ 6379, "redis" },
	{ 6443, "kubernetes-api" },
	{ 6667, "irc" },
	{ 8080, "http-alt" },
	{ 8088, "yarn" },
	{ 8125, "statsd" },
	{ 8443, "https-alt" },
	{ 9001, "tor-or" },
	{ 9090, "prometheus" },
	{ 9092, "kafka" },
	{ 9100, "node-exporter" },
	{ 9200, "elasticsearch" },
	{ 9300, "elasticsearch-nodes" },
	{ 10250, "kubelet" },
	{ 10255, "kubelet-read-only" },
	{ 11211, "memcached" },
	{ 14444, "mining" },
	{ 27017, "mongodb" },
};

const char *
ports_name(unsigned port)
{
	size_t low = 0, high = COUNTOF(names);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (names[middle].port == port)
			return names[middle].name;
		if (names[middle].port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return "";
}

bool
ports_is_everyday(unsigned port)
{
	return port == 443 || port == 80 || port == 53 || port == 123;
}
